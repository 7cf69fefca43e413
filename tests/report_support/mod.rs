//! Files to report on, and ways to point into them.
#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "only tests come here")]

use lambda_lint::engine::Finding;
use lambda_lint::report::{Format, Report, Style, write};
use lambda_lint::source::{Source, SourceId, Sources, Span};

/// A SAM template with a loop in it.
pub(crate) const SAM: &str = "\
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Resources:
  Resize:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.8  # old
      MemorySize: 128
      Timeout: 30
      Policies:
        - S3WritePolicy:
            BucketName: !Ref Photos
      Events:
        Uploaded:
          Type: S3
          Properties:
            Bucket: !Ref Photos
            Events: s3:ObjectCreated:*

  Photos:
    Type: AWS::S3::Bucket
";

/// The sources of a test.
pub(crate) struct Files(pub(crate) Sources);

impl Files {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let mut sources = Sources::new();
        for (name, text) in files {
            sources.add(Source::new(*name, *text));
        }
        Self(sources)
    }

    pub(crate) fn id(&self, file: &str) -> SourceId {
        self.0.iter().find(|(_, source)| source.name() == file).expect("a file of this test").0
    }

    /// The last place in `file` where `needle` stands.
    pub(crate) fn span(&self, file: &str, needle: &str) -> Span {
        let id = self.id(file);
        let start = self.0.get(id).unwrap().text().rfind(needle).expect("text of this file");
        Span::new(id, start, start + needle.len())
    }

    /// The bytes `start..end` of `file`.
    pub(crate) fn bytes(&self, file: &str, start: usize, end: usize) -> Span {
        Span::new(self.id(file), start, end)
    }
}

pub(crate) fn report(findings: &[Finding]) -> Report {
    Report { findings: findings.to_vec(), files: 1, ..Report::default() }
}

pub(crate) fn written(files: &Files, report: &Report, format: Format, style: Style) -> String {
    let mut out = Vec::new();
    write(report, &files.0, format, style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

pub(crate) fn text_with(files: &Files, findings: &[Finding], style: Style) -> String {
    written(files, &report(findings), Format::Text, style)
}

pub(crate) fn text(files: &Files, findings: &[Finding]) -> String {
    text_with(files, findings, Style::PLAIN)
}
