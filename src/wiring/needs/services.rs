//! What services that call a function expect it to do in return.

use super::Wiring;
use crate::data::needs::{self, Need};
use crate::model::{Function, Resource, World};
use crate::value::{Data, Value};

pub(super) fn all<'a>(world: &World<'a>, function: &Function<'a>, out: &mut Vec<Wiring<'a>>) {
    let name = function.address();
    for rule in world.of_kind("AWS::Config::ConfigRule") {
        let effect = format!("`{name}` cannot tell AWS Config what it found");
        called(world, function, rule, &rule.get("Source.SourceIdentifier"), (&needs::CONFIG_RULE, &effect), out);
    }
    for schedule in world.of_kind("AWS::SecretsManager::RotationSchedule") {
        let effect = format!("`{name}` cannot rotate the secret");
        called(world, function, schedule, &schedule.get("RotationLambdaARN"), (&needs::ROTATION, &effect), out);
    }
    for point in world.of_kind("AWS::S3ObjectLambda::AccessPoint") {
        for item in point.get("ObjectLambdaConfiguration.TransformationConfigurations").items(false).0 {
            let effect = format!("`{name}` cannot give back the object that it was asked for");
            let to = item.get("ContentTransformation.AwsLambda.FunctionArn");
            called(world, function, point, &to, (&needs::OBJECT_LAMBDA, &effect), out);
        }
    }
    for pipeline in world.of_kind("AWS::CodePipeline::Pipeline") {
        let stages = pipeline.get("Stages").items(false).0;
        for action in stages.iter().flat_map(|stage| stage.get("Actions").items(false).0) {
            let provider = action.get("ActionTypeId.Provider").literals();
            if provider.every(|provider| provider.is_some_and(|provider| provider == "Lambda")) {
                let effect = format!("`{name}` cannot tell the pipeline that it is done");
                let to = action.get("Configuration.FunctionName");
                called(world, function, pipeline, &to, (&needs::PIPELINE_ACTION, &effect), out);
            }
        }
    }
}

/// Adds what is needed where a value names the function.
fn called<'a>(
    world: &World<'a>,
    function: &Function<'a>,
    holder: &'a Resource,
    value: &Value<&'a Data>,
    (need, effect): (&'static Need, &str),
    out: &mut Vec<Wiring<'a>>,
) {
    for target in world.targets(&value.text()).0.iter().filter(|target| target.function == function.id) {
        let wiring = Wiring::new(need, effect.to_owned(), target.span, "calls it");
        out.push(wiring.when(&target.when.and(&holder.when)).held_by(holder, false));
    }
}
