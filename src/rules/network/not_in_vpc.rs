//! `not-in-vpc`: see `rules/network/not-in-vpc.md`.

use crate::engine::{Finding, Findings, Grade};
use crate::model::World;
use crate::model::network::empty;

pub(super) fn check(world: &World, out: &mut Findings) {
    for function in &world.application.functions {
        let function = function.resource;
        // Managed instances are in the VPC of their capacity provider.
        let own = function.get("CapacityProviderConfig").unset_when();
        let when = empty(&function.get("VpcConfig.SubnetIds")).and(&own).and(&function.when);
        if !when.is_possible() || when.is_rounded() {
            continue;
        }
        let message = format!("`{}` runs outside of your VPCs", function.called());
        out.push(
            Finding::new(Grade::OPINION, function.span, message)
                .when(&when)
                .related(function.called())
                .help("give it a `VpcConfig` if it works with something in a VPC, or if a policy asks for one"),
        );
    }
}
