//! Who a principal of a resource-based policy is.

use super::permissions::{is_everybody, service};
use crate::model::{Permission, World};
use crate::value::{SymbolKind, Text};
use crate::wiring::arn::Arn;

/// Who a principal is, as far as can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// Every account.
    Everybody,
    /// An AWS service, or one of Amazon's.
    Service,
    /// The account that the function is in, or somebody of it.
    Own,
    /// Another account, or somebody of it: its number.
    Other(String),
    /// Only the deployment knows.
    Unknown,
}

/// Tells who a principal of a permission is. An account that is written out is another one unless the function's own role or
/// ARN shows it.
pub(super) fn who(world: &World, permission: &Permission, principal: &Text) -> Who {
    let own = |text: &Text| {
        text.as_symbol()
            .is_some_and(|symbol| matches!(symbol.kind, SymbolKind::Pseudo) && &*symbol.name == "AWS::AccountId")
    };
    if own(principal) {
        return Who::Own;
    }
    if principal.as_literal().is_some_and(is_everybody) {
        return Who::Everybody;
    }
    if service(principal).is_some() || principal.as_literal().is_some_and(|name| name.ends_with(".amazon.com")) {
        return Who::Service;
    }
    let account = match Arn::parse(principal) {
        Some(arn) if own(&arn.account) => return Who::Own,
        Some(arn) => arn.account,
        None => principal.clone(),
    };
    match account.as_literal() {
        Some(account) if is_account(account) => {
            if own_accounts(world, permission).any(|own| own == account) {
                Who::Own
            } else {
                Who::Other(account.to_owned())
            }
        }
        _ => Who::Unknown,
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The accounts that the functions of a permission show: in their ARN where it is written out, and in that of their
/// role, which is always of the same account.
fn own_accounts<'a>(world: &'a World, permission: &'a Permission) -> impl Iterator<Item = String> + 'a {
    permission.functions.iter().filter_map(|target| world.function(target.function)).flat_map(|function| {
        let role = function.resource.get("Role").text();
        let arns: Vec<Text> =
            role.set().map(|(arn, ..)| (*arn).clone()).chain(function.resource.names.arn.clone()).collect();
        arns.into_iter().filter_map(|arn| Arn::parse(&arn)?.account.as_literal().map(str::to_owned))
    })
}
