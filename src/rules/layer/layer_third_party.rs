//! `layer-third-party`: see `rules/layer/layer-third-party.md`.

use super::layers::{LayerArn, layers};
use super::places::Places;
use crate::data::layer_publishers::{is_of_aws, publisher};
use crate::engine::{Confidence, Finding, Findings, Grade};
use crate::model::{Resource, World};
use rustc_hash::FxHashMap;

pub(super) fn check(world: &World, out: &mut Findings) {
    let mut by_account: FxHashMap<String, Places> = FxHashMap::default();
    let mut accounts: Vec<String> = Vec::new();
    for function in &world.application.functions {
        let function = function.resource;
        let mut own: Option<Vec<String>> = None;
        for layer in layers(world, function) {
            if layer.declared.is_some() {
                continue;
            }
            let Some(arn) = LayerArn::read(&layer.text) else { continue };
            let Some(account) = arn.account.filter(|account| !is_of_aws(account, arn.name.known_prefix())) else {
                continue;
            };
            if own.get_or_insert_with(|| own_accounts(function)).contains(&account) {
                continue;
            }
            if !by_account.contains_key(&account) {
                accounts.push(account.clone());
            }
            by_account.entry(account).or_default().add(layer.span, &layer.when, function);
        }
    }
    for account in accounts {
        for place in by_account.remove(&account).map(Places::into_vec).unwrap_or_default() {
            let (who, run) = (place.subject(), place.verb("runs", "run"));
            let whose =
                publisher(&account).map_or_else(|| format!("account {account}"), |name| format!("{name} ({account})"));
            let message = format!("{who} {run} code of {whose} with all of {} rights", place.verb("its", "their"));
            out.push(
                place
                    .tell(Finding::new(Grade::NOTE, place.span, message))
                    .confidence(Confidence::Medium)
                    .help("look into the version that is named, and publish it as a layer of your own if the account is not yours"),
            );
        }
    }
}

/// The accounts that are certainly the function's: of its ARN, or of its role, which is of the same account.
fn own_accounts(function: &Resource) -> Vec<String> {
    let role = function.get("Role").text();
    let texts = role.set().map(|(text, ..)| *text).chain(function.names.arn.as_ref());
    let accounts = texts.filter_map(|text| text.as_literal()?.split(':').nth(4).map(str::to_owned));
    accounts.filter(|account| account.len() == 12).collect()
}
