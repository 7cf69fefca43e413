//! `runtime-pinned`: see `rules/runtime/runtime-pinned.md`.

use super::packaging::{set_where, word_where};
use crate::engine::{Finding, Findings, Grade};
use crate::model::World;

/// Where functions and versions say how their runtime is updated.
const SETTINGS: &[(&str, &str)] =
    &[("AWS::Lambda::Function", "RuntimeManagementConfig"), ("AWS::Lambda::Version", "RuntimePolicy")];

pub(super) fn check(world: &World, out: &mut Findings) {
    for (kind, property) in SETTINGS {
        for resource in world.of_kind(kind) {
            let setting = resource.get(property);
            if setting.is_unset() {
                continue;
            }
            let (mode, arn) = (setting.get("UpdateRuntimeOn"), setting.get("RuntimeVersionArn"));
            let name = resource.called();
            for (word, span, when) in word_where(&mode, |_| true) {
                let (absent, present) = (arn.unset_when(), set_where(&arn));
                let mut tell = |finding: Finding| out.push(finding.related(name));
                if word == "Manual" {
                    let missing = when.and(&absent);
                    if missing.is_possible() && !missing.is_rounded() {
                        let message = format!("Lambda refuses `{name}`: `Manual` needs the version of the runtime");
                        tell(
                            Finding::new(Grade::ERROR, span, message)
                                .when(&missing)
                                .help("add the `RuntimeVersionArn`, or let Lambda update: `UpdateRuntimeOn: Auto`"),
                        );
                    }
                    let pinned = when.and(&absent.not());
                    if pinned.is_possible() && !pinned.is_rounded() {
                        let message = format!("`{name}` gets no security updates of its runtime");
                        tell(
                            Finding::new(Grade::WARNING, span, message)
                                .when(&pinned)
                                .help("go back to `UpdateRuntimeOn: Auto` once the runtime suits the function again"),
                        );
                    }
                } else if let Some((at, with)) = present
                    && matches!(word.as_str(), "Auto" | "FunctionUpdate")
                    && when.and(&with).is_possible()
                {
                    let message = format!("`{name}` is not kept at this version: `{word}` takes the newest");
                    tell(
                        Finding::new(Grade::NOTE, at, message)
                            .label(span, "how it is updated")
                            .when(&when.and(&with))
                            .help("take out the `RuntimeVersionArn`"),
                    );
                }
            }
        }
    }
}
