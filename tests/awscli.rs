//! What the AWS CLI prints and takes, lowered. The documents in `data/awscli` were made by `make.py` there.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a helper of a test fails the test")]

use lambda_lint::frontend::{Format, NotOurs, Read, Unit, aws_cli, read};
use lambda_lint::model::{Resource, World};
use lambda_lint::source::{Source, SourceId, Sources, Span};
use lambda_lint::value::{Data, Value};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Files that are linted together.
struct Run {
    sources: Sources,
    units: Vec<Unit>,
}

impl Run {
    fn new<'t>(files: impl IntoIterator<Item = (&'t str, &'t str)>) -> Self {
        let mut run = Self { sources: Sources::new(), units: Vec::new() };
        for (name, text) in files {
            let id = run.sources.add(Source::new(name, text));
            match read(id, name, text, false) {
                Read::Unit(unit) => run.units.push(*unit),
                Read::NotOurs(_) => panic!("{name} was not recognised"),
            }
        }
        aws_cli::join_folders(&mut run.units, &run.sources);
        run
    }

    /// The files of a folder below `data/awscli`.
    fn folder(folder: &str) -> Self {
        let files = files(&data().join(folder));
        Self::new(files.iter().map(|(name, text)| (name.as_str(), text.as_str())))
    }

    fn one(text: &str) -> Self {
        Self::new([(if text.trim_start().starts_with(['{', '[']) { "a.json" } else { "a.yaml" }, text)])
    }

    fn resources(&self) -> impl Iterator<Item = &Resource> {
        self.units.iter().flat_map(|unit| &unit.resources)
    }

    #[track_caller]
    fn find(&self, kind: &str, address: &str) -> &Resource {
        let found = self.resources().find(|resource| resource.is(kind) && &*resource.address == address);
        found.unwrap_or_else(|| panic!("no {kind} {address} in {:?}", self.summary()))
    }

    fn summary(&self) -> Vec<String> {
        self.resources().map(|resource| format!("{} {}", resource.kind, resource.address)).collect()
    }

    fn slice(&self, span: Span) -> &str {
        &self.sources.get(span.source).unwrap().text()[span.range()]
    }

    /// Each property on a line: its path, what is known of it, and the bytes that say so.
    fn show(&self, resource: &Resource) -> String {
        let mut out = String::new();
        let _ = writeln!(out, "{} {} <{}>", resource.kind, resource.address, one_line(self.slice(resource.span)));
        let _ = writeln!(
            out,
            "  (name {}, reference {}, ARN {})",
            resource.names.name,
            resource.names.reference,
            resource.names.arn.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string)
        );
        self.lines(&resource.properties, "  ", &mut out);
        out
    }

    fn lines(&self, value: &Value<Data>, path: &str, out: &mut String) {
        let slice = one_line(self.slice(value.span()));
        match value.only() {
            Some(Data::Text(text)) => {
                let _ = writeln!(out, "{path} = {text} <{slice}>");
            }
            Some(Data::List(list)) => {
                for (index, item) in list.items.iter().enumerate() {
                    self.lines(item, &format!("{path}[{index}]"), out);
                }
                if list.open || list.items.is_empty() {
                    let _ = writeln!(out, "{path} {}", if list.open { "may have more" } else { "is empty" });
                }
            }
            Some(Data::Map(map)) => {
                for entry in &map.entries {
                    let dot = if path.trim().is_empty() { "" } else { "." };
                    self.lines(&entry.value, &format!("{path}{dot}{}", entry.key), out);
                }
                if map.open || map.entries.is_empty() {
                    let _ = writeln!(out, "{path} {}", if map.open { "may have more" } else { "is empty" });
                }
            }
            None if value.is_unset() => {
                let _ = writeln!(out, "{path} is not set <{slice}>");
            }
            None => {
                let _ = writeln!(out, "{path} is unknown");
            }
        }
    }
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/awscli")
}

/// The documents in a folder, by path below `data/awscli`.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension != "py"))
        .map(|path| {
            let name = path.strip_prefix(data()).unwrap().to_string_lossy().replace('\\', "/");
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    assert!(!files.is_empty());
    files
}

fn one_line(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    if text.chars().count() > 60 { format!("{}…", text.chars().take(60).collect::<String>()) } else { text }
}

fn text_of(resource: &Resource, path: &str) -> Option<String> {
    resource.get(path).literals().only().cloned()
}

#[test]
fn a_folder_becomes_one_application() {
    let run = Run::folder("thumbnails");
    let shown: String = run.resources().map(|resource| run.show(resource)).collect();
    snapbox::assert_data_eq!(shown, snapbox::file!["data/awscli/thumbnails.txt"].raw());
    let world = World::new(run.units.iter().collect(), lambda_lint::data::Date::new(2026, 11, 22).unwrap());
    let [function] = world.application.functions.as_slice() else { panic!("{:?}", run.summary()) };
    let [role] = world.application.roles.as_slice() else { panic!("{:?}", run.summary()) };
    assert_eq!((&**function.address(), function.roles_known), ("resize", true));
    let roles: Vec<&str> = world.roles_of(function).map(|(role, _)| &*role.resource.address).collect();
    assert_eq!(roles, ["resize-role"]);
    // AWS's own policy, the account's, the inline one.
    assert_eq!(role.policies.len(), 3);
    let permissions: Vec<(&str, usize)> = world
        .application
        .permissions
        .iter()
        .map(|permission| (&*permission.resource.address, permission.functions.len()))
        .collect();
    assert_eq!(permissions, [("resize/uploads", 1), ("resize/anybody", 1)]);
    let triggers: Vec<(String, &str)> = world
        .application
        .triggers
        .iter()
        .map(|trigger| (format!("{:?}", trigger.kind), &*trigger.holder.address))
        .collect();
    let mapping = "00000000-0000-4000-8000-000000000003";
    let mut expected = [("S3", "uploads"), ("S3", "uploads"), ("Poll", mapping), ("Url", "resize/url")]
        .map(|(kind, by)| (kind.to_owned(), by));
    let mut triggers = triggers;
    triggers.sort();
    expected.sort();
    assert_eq!(triggers, expected);
}

#[test]
fn a_loop_is_found_across_the_files_of_a_folder() {
    let run = Run::folder("thumbnails");
    let settings = lambda_lint::Settings::new(lambda_lint::data::Date::new(2026, 11, 22).unwrap());
    let report = lambda_lint::lint(&run.sources, &settings);
    let finding = report.findings.iter().find(|finding| finding.rule == "recursive-trigger").unwrap();
    let files: Vec<&str> = std::iter::once(finding.primary.span)
        .chain(finding.labels.iter().map(|label| label.span))
        .map(|span| run.sources.get(span.source).unwrap().name())
        .collect();
    for file in ["uploads.notification.json", "resize.function.json", "write-thumbnails.json"] {
        assert!(files.contains(&format!("thumbnails/{file}").as_str()), "{file} is not among {files:?}");
    }
    assert_eq!(&*finding.primary.address, "uploads");
    assert_eq!(finding.property, "LambdaFunctionConfigurations[0].LambdaFunctionArn");
}

#[test]
fn json_and_yaml_are_the_same_resources_at_other_places() {
    for (json, yaml) in [("thumbnails", "thumbnails-yaml"), ("inputs", "inputs")] {
        let texts = |folder: &str, yaml: bool| -> Run {
            let files = files(&data().join(folder));
            let of = |name: &str| Path::new(name).extension().is_some_and(|extension| (extension == "yaml") == yaml);
            Run::new(files.iter().filter(|(name, _)| of(name)).map(|(name, text)| (name.as_str(), text.as_str())))
        };
        let (json, yaml) = (texts(json, false), texts(yaml, true));
        let bare = |run: &Run| -> Vec<String> {
            run.resources()
                .map(|resource| {
                    let mut out = format!("{} {} {:?}", resource.kind, resource.address, resource.names);
                    out = out.replace("SourceId", "");
                    without_spans(&resource.properties, &mut out);
                    out
                })
                .collect()
        };
        assert_eq!(bare(&json), bare(&yaml));
        assert!(json.resources().count() > 5);
        let spans = |run: &Run| -> Vec<Span> { run.resources().map(|resource| resource.body).collect() };
        assert_ne!(spans(&json), spans(&yaml));
    }
}

fn without_spans(value: &Value<Data>, out: &mut String) {
    match value.only() {
        Some(Data::Text(text)) => {
            let _ = write!(out, "{:?}", text.to_string());
        }
        Some(Data::List(list)) => {
            let _ = write!(out, "[open {} ", list.open);
            for item in &list.items {
                without_spans(item, out);
                out.push(',');
            }
            out.push(']');
        }
        Some(Data::Map(map)) => {
            let _ = write!(out, "{{open {} ", map.open);
            for entry in &map.entries {
                let _ = write!(out, "{}: ", entry.key);
                without_spans(&entry.value, out);
                out.push(',');
            }
            out.push('}');
        }
        None => out.push_str(if value.is_unset() { "unset" } else { "unknown" }),
    }
}

#[test]
fn inputs_are_taken_as_written() {
    let run = Run::new(
        files(&data().join("inputs"))
            .iter()
            .filter(|(name, _)| name.contains(".json"))
            .map(|(name, text)| (name.as_str(), text.as_str())),
    );
    let shown: String = run.resources().map(|resource| run.show(resource)).collect();
    snapbox::assert_data_eq!(shown, snapbox::file!["data/awscli/inputs.txt"].raw());
    // The default is explicit here.
    let report = run.find("AWS::Lambda::Function", "report");
    assert_eq!(text_of(report, "Timeout").as_deref(), Some("3"));
    assert_eq!(text_of(report, "TracingConfig.Mode").as_deref(), Some("PassThrough"));
    assert!(report.get("Layers").is_unset());
    // Two documents about one function: what is created, and a change that leaves the rest alone.
    let change = run.resources().filter(|resource| resource.is("AWS::Lambda::Function")).nth(1).unwrap();
    assert_eq!(text_of(change, "Runtime").as_deref(), Some("nodejs18.x"));
    assert!(!change.get("Layers").is_unset() && change.get("Layers").cases().is_empty());
    // The role's ARN comes from the function that names it.
    let role = run.find("AWS::IAM::Role", "report-role");
    assert_eq!(
        role.names.arn.as_ref().and_then(|arn| arn.as_literal()),
        Some("arn:aws:iam::123456789012:role/report-role")
    );
}

#[test]
fn every_single_document_is_recognised() {
    for (file, expected) in [
        (
            "get-account-authorization-details.json",
            &["AWS::IAM::Role report-role", "AWS::IAM::Role resize-role", "AWS::IAM::ManagedPolicy send-dead-letters"]
                [..],
        ),
        ("get-function-concurrency.json", &["LambdaLint::Cli::FunctionSetting "]),
        ("get-function-configuration.json", &["AWS::Lambda::Function resize"]),
        ("get-function-image.json", &["AWS::Lambda::Function convert"]),
        (
            "list-functions.json",
            &["AWS::Lambda::Function resize", "AWS::Lambda::Function report", "AWS::Lambda::Function convert"],
        ),
        ("list-roles.json", &["AWS::IAM::Role report-role", "AWS::IAM::Role resize-role"]),
    ] {
        let text = std::fs::read_to_string(data().join("single").join(file)).unwrap();
        let run = Run::one(&text);
        assert_eq!(run.summary(), expected, "{file}");
        assert_eq!((run.units[0].format, run.units[0].open), (Format::AwsCli, true));
        for resource in run.resources() {
            assert!(run.slice(resource.body).contains(run.slice(resource.span)));
        }
    }
}

/// `get-function-configuration` as AWS prints it for a function of which only the required was said.
const UNTOUCHED: &str = r#"{
    "FunctionName": "f", "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:f", "Runtime": "python3.13",
    "Role": "arn:aws:iam::123456789012:role/r", "Handler": "a.b", "CodeSize": 300, "Description": "", "Timeout": 3,
    "MemorySize": 128, "LastModified": "2026-01-02T03:04:05.000+0000", "CodeSha256": "x", "Version": "$LATEST",
    "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": "", "Ipv6AllowedForDualStack": false},
    "KMSKeyArn": null, "TracingConfig": {"Mode": "PassThrough"}, "RevisionId": "x", "Layers": [], "State": "Active",
    "LastUpdateStatus": "Successful", "PackageType": "Zip", "Architectures": ["x86_64"],
    "Environment": {"Variables": {}}, "EphemeralStorage": {"Size": 512},
    "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"}, "RuntimeVersionConfig": {"RuntimeVersionArn": "arn:aws:lambda:us-east-1::runtime:x"},
    "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/f"}, "DeadLetterConfig": {"TargetArn": ""}
}"#;

#[test]
fn what_is_always_printed_is_not_set_when_it_is_the_default() {
    let run = Run::one(UNTOUCHED);
    let function = run.find("AWS::Lambda::Function", "f");
    let set: Vec<&str> = match function.properties.only() {
        Some(Data::Map(map)) => {
            map.entries.iter().filter(|entry| entry.value.only().is_some()).map(|entry| &*entry.key).collect()
        }
        other => panic!("{other:?}"),
    };
    let live = ["CodeSize", "LastModified", "CodeSha256", "Version", "RevisionId", "State", "LastUpdateStatus"];
    let written: Vec<&str> = set.into_iter().filter(|key| !live.contains(key)).collect();
    assert_eq!(written, ["FunctionName", "Runtime", "Role", "Handler", "RuntimeVersionConfig"]);
    for key in
        ["Timeout", "MemorySize", "VpcConfig", "TracingConfig", "Layers", "LoggingConfig", "Environment", "KMSKeyArn"]
    {
        assert!(function.get(key).is_unset(), "{key}");
    }
    // The place where the default is printed.
    assert_eq!(run.slice(function.get("MemorySize").span()), "128");
    // What other commands print is not known.
    for key in ["ReservedConcurrentExecutions", "Tags", "CodeSigningConfigArn", "RecursiveLoop", "Code"] {
        assert!(function.get(key).cases().is_empty(), "{key}");
    }
}

#[test]
fn what_differs_from_the_default_is_set() {
    let text = UNTOUCHED
        .replace("\"Timeout\": 3", "\"Timeout\": 4")
        .replace("PassThrough", "Active")
        .replace("[\"x86_64\"]", "[\"arm64\"]")
        .replace("\"SubnetIds\": []", "\"SubnetIds\": [\"subnet-1\"]")
        .replace("\"Variables\": {}", "\"Variables\": {\"EMPTY\": \"\"}")
        .replace(
            "\"LogFormat\": \"Text\"",
            "\"LogFormat\": \"JSON\", \"SystemLogLevel\": \"DEBUG\", \"ApplicationLogLevel\": \"INFO\"",
        )
        .replace(
            "\"Layers\": []",
            "\"Layers\": [{\"Arn\": \"arn:aws:lambda:us-east-1:1:layer:l:1\", \"CodeSize\": 5}]",
        );
    let run = Run::one(&text);
    let function = run.find("AWS::Lambda::Function", "f");
    for (path, expected) in [
        ("Timeout", "4"),
        ("TracingConfig.Mode", "Active"),
        ("Environment.Variables.EMPTY", ""),
        ("LoggingConfig.LogFormat", "JSON"),
        ("LoggingConfig.SystemLogLevel", "DEBUG"),
    ] {
        assert_eq!(text_of(function, path).as_deref(), Some(expected), "{path}");
    }
    assert!(function.get("LoggingConfig.ApplicationLogLevel").is_unset());
    assert!(function.get("LoggingConfig.LogGroup").is_unset());
    let items = |path: &str| -> Vec<(String, &str)> {
        let (items, closed) = function.get(path).items(false);
        assert!(closed);
        items.iter().map(|item| (item.literals().only().unwrap().clone(), run.slice(item.span()))).collect()
    };
    assert_eq!(items("Architectures"), [("arm64".to_owned(), "\"arm64\"")]);
    assert_eq!(items("VpcConfig.SubnetIds"), [("subnet-1".to_owned(), "\"subnet-1\"")]);
    let layer = "arn:aws:lambda:us-east-1:1:layer:l:1";
    assert_eq!(items("Layers"), [(layer.to_owned(), format!("\"{layer}\"").as_str())]);
}

/// `get-policy` of a function, with this statement.
fn policy(statement: &str) -> String {
    let policy = format!("{{\"Version\":\"2012-10-17\",\"Id\":\"default\",\"Statement\":[{statement}]}}");
    serde_json::json!({"Policy": policy, "RevisionId": "x"}).to_string()
}

const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:f";

#[test]
fn statements_are_permissions_with_places_inside_the_string() {
    let text = policy(&format!(
        r#"{{"Sid":"s3","Effect":"Allow","Principal":{{"Service":"s3.amazonaws.com"}},"Action":"lambda:InvokeFunction","Resource":"{ARN}:live","Condition":{{"StringEquals":{{"AWS:SourceAccount":"123456789012"}},"ArnLike":{{"AWS:SourceArn":"arn:aws:s3:::b"}}}}}},{{"Sid":"url","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunctionUrl","Resource":"{ARN}","Condition":{{"StringEquals":{{"lambda:FunctionUrlAuthType":"NONE"}}}}}}"#
    ));
    let run = Run::one(&text);
    let permission = run.find("AWS::Lambda::Permission", "f/s3");
    let qualified = format!("{ARN}:live");
    for (path, expected) in [
        ("FunctionName", qualified.as_str()),
        ("Action", "lambda:InvokeFunction"),
        ("Principal", "s3.amazonaws.com"),
        ("SourceArn", "arn:aws:s3:::b"),
        ("SourceAccount", "123456789012"),
    ] {
        let value = permission.get(path);
        assert_eq!(value.literals().only().map(String::as_str), Some(expected), "{path}");
        assert_eq!(run.slice(value.span()), format!("\\\"{expected}\\\""), "{path}");
    }
    for path in ["PrincipalOrgID", "FunctionUrlAuthType", "EventSourceToken"] {
        assert!(permission.get(path).is_unset(), "{path}");
    }
    assert_eq!(run.slice(permission.key_span("Principal")), "\\\"Principal\\\"");
    assert_eq!(run.slice(permission.span), "\\\"s3\\\"");
    let url = run.find("AWS::Lambda::Permission", "f/url");
    assert_eq!(text_of(url, "FunctionUrlAuthType").as_deref(), Some("NONE"));
    assert_eq!(text_of(run.find(aws_cli::WHOLE_POLICY, "f"), "FunctionName").as_deref(), Some(ARN));
    // A place in the string belongs to its statement.
    let world = World::new(run.units.iter().collect(), lambda_lint::data::Date::new(2026, 11, 22).unwrap());
    let (address, property) = world.locate(permission.get("Principal").span());
    assert_eq!((&*address, property.as_str()), ("f/s3", "Policy"));
}

#[test]
fn lists_in_a_statement_are_alternatives() {
    let run = Run::one(&policy(&format!(
        r#"{{"Sid":"x","Effect":"Allow","Principal":{{"AWS":["1","2"]}},"Action":["lambda:InvokeFunction","lambda:GetFunction"],"Resource":"{ARN}"}}"#
    )));
    let mut found: Vec<(String, String)> = run
        .resources()
        .filter(|resource| resource.is("AWS::Lambda::Permission"))
        .map(|resource| (text_of(resource, "Principal").unwrap(), text_of(resource, "Action").unwrap()))
        .collect();
    found.sort();
    let pair = |who: &str, what: &str| (who.to_owned(), format!("lambda:{what}"));
    let expected =
        [pair("1", "GetFunction"), pair("1", "InvokeFunction"), pair("2", "GetFunction"), pair("2", "InvokeFunction")];
    assert_eq!(found, expected);
}

#[test]
fn restrictions_that_no_property_can_say_leave_it_unknown() {
    let with = |condition: &str, more: &str| {
        Run::one(&policy(&format!(
            r#"{{"Sid":"x","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"{ARN}","Condition":{condition}}}{more}"#
        )))
    };
    let permission = |run: &Run, path: &str| {
        let value = run.find("AWS::Lambda::Permission", "f/x").get(path);
        (value.is_unset(), value.literals().only().cloned())
    };
    let negated = with(r#"{"StringNotEquals":{"aws:SourceAccount":"1"}}"#, "");
    assert_eq!(permission(&negated, "SourceAccount"), (false, None));
    assert_eq!(permission(&negated, "SourceArn"), (true, None));
    let if_exists = with(r#"{"ArnLikeIfExists":{"aws:SourceArn":"arn:aws:s3:::b"}}"#, "");
    assert_eq!(permission(&if_exists, "SourceArn"), (false, None));
    let other = with(r#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, "");
    assert_eq!(permission(&other, "SourceArn"), (false, None));
    let deny = format!(r#",{{"Effect":"Deny","Principal":"*","Action":"lambda:*","Resource":"{ARN}"}}"#);
    assert_eq!(permission(&with("{}", &deny), "SourceArn"), (false, None));
    assert_eq!(permission(&with("{}", ""), "SourceArn"), (true, None));
}

#[test]
fn the_statement_that_add_permission_prints() {
    let statement = format!(
        r#"{{"Sid":"x","Effect":"Allow","Principal":{{"Service":"sns.amazonaws.com"}},"Action":"lambda:InvokeFunction","Resource":"{ARN}"}}"#
    );
    let run = Run::one(&serde_json::json!({ "Statement": statement }).to_string());
    assert_eq!(run.summary(), ["AWS::Lambda::Permission f/x"]);
}

#[test]
fn a_policy_that_somebody_has_unpacked() {
    let run = Run::one(&format!(
        r#"{{"Policy": {{"Version": "2012-10-17", "Id": "default", "Statement": [{{"Sid": "x", "Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunction", "Resource": "{ARN}"}}]}}, "RevisionId": "x"}}"#
    ));
    let permission = run.find("AWS::Lambda::Permission", "f/x");
    assert_eq!(run.slice(permission.get("Principal").span()), "\"*\"");
}

#[test]
fn provisioned_concurrency_is_its_alias_s() {
    let aliases = format!(r#"{{"Aliases": [{{"AliasArn": "{ARN}:live", "Name": "live", "FunctionVersion": "1"}}]}}"#);
    let configs = format!(
        r#"{{"ProvisionedConcurrencyConfigs": [{{"FunctionArn": "{ARN}:live", "RequestedProvisionedConcurrentExecutions": 7, "Status": "READY"}}]}}"#
    );
    let run = Run::new([("d/a.json", aliases.as_str()), ("d/b.json", configs.as_str())]);
    assert_eq!(run.summary(), ["AWS::Lambda::Alias f:live"]);
    let alias = run.find("AWS::Lambda::Alias", "f:live");
    let path = "ProvisionedConcurrencyConfig.ProvisionedConcurrentExecutions";
    assert_eq!(text_of(alias, path).as_deref(), Some("7"));
    let alone = Run::new([("d/a.json", aliases.as_str())]);
    assert!(alone.find("AWS::Lambda::Alias", "f:live").get("ProvisionedConcurrencyConfig").cases().is_empty());
}

#[test]
fn a_percent_encoded_trust_policy_keeps_its_places() {
    let encoded = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22lambda.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D";
    let run = Run::one(&format!(
        r#"{{"Role": {{"RoleName": "r", "Arn": "arn:aws:iam::123456789012:role/r", "AssumeRolePolicyDocument": "{encoded}"}}}}"#
    ));
    let role = run.find("AWS::IAM::Role", "r");
    let (statements, closed) = role.get("AssumeRolePolicyDocument.Statement").items(false);
    assert!(closed);
    let service = statements[0].get("Principal.Service");
    assert_eq!(service.literals().only().map(String::as_str), Some("lambda.amazonaws.com"));
    assert_eq!(run.slice(service.span()), "%22lambda.amazonaws.com%22");
    assert_eq!(run.slice(statements[0].get("Action").span()), "%22sts%3AAssumeRole%22");
}

#[test]
fn a_document_without_an_owner_finds_it_by_the_file_s_name_or_the_folder() {
    let role = |name: &str| {
        format!(
            r#"{{"Role": {{"RoleName": "{name}", "Arn": "arn:aws:iam::123456789012:role/{name}", "AssumeRolePolicyDocument": {{}}}}}}"#
        )
    };
    let attached = r#"{"AttachedPolicies": [{"PolicyName": "P", "PolicyArn": "arn:aws:iam::aws:policy/P"}]}"#;
    let (a, b) = (role("a"), role("b"));
    let policies = |run: &Run, role: &str| -> (usize, bool) {
        let (items, closed) = run.find("AWS::IAM::Role", role).get("ManagedPolicyArns").items(false);
        (items.len(), closed)
    };
    let by_folder = Run::new([("d/a.json", a.as_str()), ("d/x.json", attached)]);
    assert_eq!(policies(&by_folder, "a"), (1, true));
    let by_name =
        Run::new([("d/a.json", a.as_str()), ("d/b.json", b.as_str()), ("d/b.attached-policies.json", attached)]);
    assert_eq!((policies(&by_name, "a"), policies(&by_name, "b")), ((0, false), (1, true)));
    let unclear = Run::new([("d/a.json", a.as_str()), ("d/b.json", b.as_str()), ("d/x.json", attached)]);
    assert_eq!((policies(&unclear, "a"), policies(&unclear, "b")), ((0, false), (0, false)));
    let elsewhere = Run::new([("d/a.json", a.as_str()), ("e/x.json", attached)]);
    assert_eq!(policies(&elsewhere, "a"), (0, false));

    let concurrency = r#"{"ReservedConcurrentExecutions": 0}"#;
    let run = Run::new([("d/f.json", UNTOUCHED), ("d/c.json", concurrency)]);
    let reserved = run.find("AWS::Lambda::Function", "f").get("ReservedConcurrentExecutions");
    assert_eq!((reserved.literals().only().map(String::as_str), run.slice(reserved.span())), (Some("0"), "0"));
    let run = Run::new([("d/f.json", UNTOUCHED), ("d/g.concurrency.json", concurrency)]);
    assert!(run.find("AWS::Lambda::Function", "f").get("ReservedConcurrentExecutions").cases().is_empty());

    let notification = format!(
        r#"{{"LambdaFunctionConfigurations": [{{"LambdaFunctionArn": "{ARN}", "Events": ["s3:ObjectCreated:*"]}}]}}"#
    );
    let run = Run::new([("d/my.bucket.notification.json", notification.as_str())]);
    let bucket = run.find("AWS::S3::Bucket", "my.bucket");
    assert_eq!(bucket.names.arn.as_ref().and_then(|arn| arn.as_literal()), Some("arn:aws:s3:::my.bucket"));
    let run = Run::new([("d/n.json", notification.as_str())]);
    assert_eq!(run.find("AWS::S3::Bucket", "bucket").names.name.as_literal(), None);
}

#[test]
fn what_several_documents_tell_of_a_function_is_one_function() {
    let get = format!(
        r#"{{"Configuration": {UNTOUCHED}, "Tags": {{"team": "x"}}, "Concurrency": {{"ReservedConcurrentExecutions": 7}}}}"#
    );
    let list = format!(r#"{{"Functions": [{UNTOUCHED}]}}"#);
    for files in [
        [("d/get.json", get.as_str()), ("d/list.json", list.as_str())],
        [("d/a.json", list.as_str()), ("d/b.json", get.as_str())],
    ] {
        let run = Run::new(files);
        assert_eq!(run.summary(), ["AWS::Lambda::Function f"]);
        let function = run.find("AWS::Lambda::Function", "f");
        assert_eq!(text_of(function, "ReservedConcurrentExecutions").as_deref(), Some("7"));
        let (tags, _) = function.get("Tags").items(false);
        assert_eq!(tags[0].get("Key").literals().only().map(String::as_str), Some("team"));
    }
}

#[test]
fn a_mapping_s_defaults_and_state() {
    let mapping = |more: &str| {
        format!(
            r#"{{"EventSourceMappings": [{{"UUID": "u", "BatchSize": 10, "MaximumBatchingWindowInSeconds": 0, "EventSourceArn": "arn:aws:sqs:us-east-1:1:q", "FunctionArn": "{ARN}:live", "State": "Enabled", "FunctionResponseTypes": [], "DestinationConfig": {{"OnFailure": {{}}}}{more}}}]}}"#
        )
    };
    let run = Run::one(&mapping(""));
    let resource = run.find("AWS::Lambda::EventSourceMapping", "u");
    for key in ["BatchSize", "MaximumBatchingWindowInSeconds", "Enabled", "FunctionResponseTypes", "DestinationConfig"]
    {
        assert!(resource.get(key).is_unset(), "{key}");
    }
    assert_eq!(text_of(resource, "FunctionName"), Some(format!("{ARN}:live")));
    let run = Run::one(&mapping("").replace("Enabled", "Disabled").replace("sqs", "kinesis"));
    let resource = run.find("AWS::Lambda::EventSourceMapping", "u");
    assert_eq!(
        (text_of(resource, "Enabled"), text_of(resource, "BatchSize")),
        (Some("false".into()), Some("10".into()))
    );
    assert_eq!(run.slice(resource.get("Enabled").span()), "\"Disabled\"");
}

#[test]
fn qualifiers_are_cut_off_with_their_own_places() {
    let run = Run::one(&format!(
        r#"{{"FunctionUrlConfigs": [{{"FunctionUrl": "https://x.lambda-url.us-east-1.on.aws/", "FunctionArn": "{ARN}:live", "AuthType": "NONE", "InvokeMode": "BUFFERED"}}]}}"#
    ));
    let url = run.find("AWS::Lambda::Url", "f:live/url");
    assert_eq!(
        (text_of(url, "TargetFunctionArn").as_deref(), text_of(url, "Qualifier").as_deref()),
        (Some(ARN), Some("live"))
    );
    assert_eq!(run.slice(url.get("TargetFunctionArn").span()), ARN);
    assert_eq!(run.slice(url.get("Qualifier").span()), "live");
    assert!(url.get("InvokeMode").is_unset());
    let run = Run::one(&format!(
        r#"{{"FunctionArn": "{ARN}:$LATEST", "MaximumRetryAttempts": 0, "DestinationConfig": {{"OnSuccess": {{}}, "OnFailure": {{}}}}}}"#
    ));
    let config = run.find("AWS::Lambda::EventInvokeConfig", "f:$LATEST/invoke-config");
    assert_eq!(text_of(config, "Qualifier").as_deref(), Some("$LATEST"));
    assert!(config.get("DestinationConfig").is_unset());
}

#[test]
fn other_files_are_not_taken_for_the_cli_s() {
    let not_ours: &[(&str, &str)] = &[
        (
            "package.json",
            r#"{"name": "x", "version": "1.0.0", "scripts": {"deploy": "aws lambda update-function-code --function-name f"}, "FunctionName": "f"}"#,
        ),
        ("tsconfig.json", r#"{"compilerOptions": {"strict": true}, "include": ["src"], "Role": "x"}"#),
        (
            "serverless.yml",
            "service: x\nprovider:\n  name: aws\nfunctions:\n  f:\n    handler: a.b\n    role: arn:aws:iam::1:role/r\n",
        ),
        (
            "policy.json",
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "lambda:*", "Resource": "arn:aws:lambda:us-east-1:1:function:f"}]}"#,
        ),
        (
            "trust.json",
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}"#,
        ),
        (
            "parameters.json",
            r#"[{"ParameterKey": "FunctionName", "ParameterValue": "f"}, {"ParameterKey": "RoleName", "ParameterValue": "r"}]"#,
        ),
        (
            "parameters2.json",
            r#"{"Parameters": {"FunctionName": "f", "RoleName": "r", "FunctionArn": "arn:aws:lambda:us-east-1:1:function:f"}}"#,
        ),
        ("event.json", r#"{"FunctionName": "f", "Payload": {"Role": "admin"}}"#),
        (
            "event2.json",
            r#"{"Records": [{"eventSource": "aws:s3", "FunctionArn": "arn:aws:lambda:us-east-1:1:function:f"}]}"#,
        ),
        (
            "bucket-policy.json",
            r#"{"Policy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"lambda.amazonaws.com\"},\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::b/*\",\"Condition\":{\"ArnLike\":{\"aws:SourceArn\":\"arn:aws:lambda:us-east-1:1:function:f\"}}}]}"}"#,
        ),
        (
            "iam-get-policy.json",
            r#"{"Policy": {"PolicyName": "p", "Arn": "arn:aws:iam::1:policy/p", "DefaultVersionId": "v1"}}"#,
        ),
        ("users.json", r#"{"Users": [{"UserName": "u", "RoleName": "r"}]}"#),
        ("roles.json", r#"{"Roles": ["admin", "RoleName"]}"#),
        ("roles2.json", r#"{"Roles": [{"RoleName": "r", "Rights": []}]}"#),
        ("functions.json", r#"{"Functions": [{"FunctionName": "f", "Role": "admin"}]}"#),
        ("functions2.json", r#"{"Functions": [], "FunctionName": "f"}"#),
        ("build.json", r#"{"Configurations": [{"Name": "Debug"}], "QueueConfigurations": {"Events": 1}}"#),
        ("app.json", r#"{"FunctionName": "f", "Timeout": 3, "Something": "else"}"#),
        ("app2.json", r#"{"FunctionName": "f"}"#),
        ("app3.json", r#"{"RecursiveLoop": true}"#),
        ("app4.json", r#"{"ReservedConcurrentExecutions": "many", "Other": 1}"#),
        ("names.json", r#"{"PolicyNames": "a", "FunctionName": "x"}"#),
        ("versions.json", r#"{"Versions": [{"Version": "1.0", "FunctionName": "x"}]}"#),
        ("list.json", r#"["FunctionName", ":lambda:"]"#),
        ("empty.json", "{}"),
    ];
    for (name, text) in not_ours {
        for alone in [false, true] {
            let outcome = read(SourceId(0), name, text, alone);
            assert!(matches!(outcome, Read::NotOurs(NotOurs::Other)), "{name}: {outcome:?}");
        }
    }
}

#[test]
fn a_list_with_a_stranger_in_it_is_not_ours() {
    let text = format!(r#"{{"Functions": [{UNTOUCHED}, {{"name": "x"}}]}}"#);
    assert!(matches!(read(SourceId(0), "a.json", &text, false), Read::NotOurs(_)));
    assert_eq!(Run::one(&format!("[{UNTOUCHED}]")).summary(), ["AWS::Lambda::Function f"]);
}

#[test]
fn hostile_documents_end_in_bounded_time() {
    // Aliases that multiply, in a document that is ours.
    let mut bomb = String::from("FunctionName: f\nRuntime: x\nEnvironment:\n  a0: &a0 [x, x]\n");
    for level in 1..40 {
        let _ = writeln!(bomb, "  a{level}: &a{level} [{}]", vec![format!("*a{}", level - 1); 8].join(", "));
    }
    let run = Run::one(&bomb);
    assert_eq!(run.summary(), ["AWS::Lambda::Function f"]);
    // A statement that would be a million permissions.
    let many = |count: usize| (0..count).map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(",");
    let run = Run::one(&policy(&format!(
        r#"{{"Sid":"x","Effect":"Allow","Principal":{{"AWS":[{}]}},"Action":[{}],"Resource":"{ARN}"}}"#,
        many(1000),
        many(1000)
    )));
    assert!(run.resources().count() <= 65);
    // A role whose trust policy is deep.
    let deep = format!("{}1{}", "[".repeat(400), "]".repeat(400));
    let run = Run::one(&format!(
        r#"{{"RoleName": "r", "AssumeRolePolicyDocument": {}}}"#,
        serde_json::Value::String(format!("{{\"a\":{deep}}}"))
    ));
    assert_eq!(run.summary(), ["AWS::IAM::Role r"]);
}

mod mutations {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value as Json;

    /// Replaces the `at`th value (counted depth first) by another.
    fn replace(value: &mut Json, at: &mut usize, by: &Json) {
        if *at == 0 {
            *value = by.clone();
            *at = usize::MAX;
            return;
        }
        *at -= 1;
        match value {
            Json::Array(items) => items.iter_mut().for_each(|item| {
                if *at != usize::MAX {
                    replace(item, at, by);
                }
            }),
            Json::Object(map) => map.values_mut().for_each(|item| {
                if *at != usize::MAX {
                    replace(item, at, by);
                }
            }),
            _ => {}
        }
    }

    fn junk() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            "[ -~é%:{}\"\\\\]{0,12}".prop_map(Json::from),
            Just(Json::from("arn:aws:lambda:::")),
            Just(Json::from("arn:aws:iam::1:role/")),
            Just(Json::from("%7B%22a")),
            Just(Json::from("{\"Statement\": [{\"Resource\": \"arn:aws:lambda:x:1:function:\"}]}")),
        ];
        leaf.prop_recursive(3, 12, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
                proptest::collection::vec(("[A-Za-z]{0,6}", inner), 0..4)
                    .prop_map(|entries| Json::Object(entries.into_iter().collect())),
            ]
        })
    }

    fn samples() -> Vec<(String, String)> {
        let mut all = Vec::new();
        for folder in ["thumbnails", "single", "inputs"] {
            all.extend(files(&data().join(folder)).into_iter().filter(|(name, _)| name.contains(".json")));
        }
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever a document of the CLI is turned into, it is read, lowered and joined, and every place is in the file.
        #[test]
        fn never_panic(pick in any::<prop::sample::Index>(), at in 0usize..60, by in junk(), cut in any::<prop::sample::Index>()) {
            let samples = samples();
            let (name, text) = pick.get(&samples);
            let mut json: Json = serde_json::from_str(text).unwrap();
            replace(&mut json, &mut at.clone(), &by);
            let mutated = serde_json::to_string_pretty(&json).unwrap();
            let broken: String = text.chars().take(cut.index(text.len() + 1)).collect();
            for text in [mutated, broken] {
                let mut sources = Sources::new();
                let mut units = Vec::new();
                for (name, text) in [(name.as_str(), text.as_str()), ("thumbnails/x.json", samples[0].1.as_str())] {
                    let id = sources.add(Source::new(name, text));
                    if let Read::Unit(unit) = read(id, name, text, true) {
                        units.push(*unit);
                    }
                }
                aws_cli::join_folders(&mut units, &sources);
                for unit in &units {
                    for resource in &unit.resources {
                        let source = sources.get(resource.body.source).unwrap();
                        prop_assert!(source.text().get(resource.span.range()).is_some());
                        prop_assert!(source.text().get(resource.body.range()).is_some());
                    }
                }
            }
        }
    }
}
