//! What Lambda asks of the sources that it polls.

/// How many times the function's timeout a queue's visibility timeout should be, apart from the batching window.
///
/// Source: Lambda developer guide, "Creating and configuring an Amazon SQS event source mapping", read on 2026-11-22.
pub const VISIBILITY_TIMEOUTS: i64 = 6;

/// What Lambda polls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Polled {
    /// An SQS queue.
    Queue,
    /// A Kinesis stream, or a consumer of one.
    Kinesis,
    /// The stream of a DynamoDB table.
    DynamoDb,
    /// A cluster of Amazon MSK.
    Msk,
    /// An Apache Kafka cluster that somebody else runs.
    Kafka,
    /// A broker of Amazon MQ.
    Mq,
    /// A change stream of DocumentDB.
    DocumentDb,
}

use Polled::{DocumentDb, DynamoDb, Kafka, Kinesis, Mq, Msk, Queue};

impl Polled {
    /// In a message, with its article: `an SQS queue`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Queue => "an SQS queue",
            Kinesis => "a Kinesis stream",
            DynamoDb => "a DynamoDB stream",
            Msk => "an MSK cluster",
            Kafka => "a Kafka cluster",
            Mq => "a broker of Amazon MQ",
            DocumentDb => "a DocumentDB change stream",
        }
    }

    /// Whether its records are kept in order in shards, so that one that fails holds up those behind it.
    #[must_use]
    pub fn is_stream(self) -> bool {
        matches!(self, Kinesis | DynamoDb)
    }
}

/// The property of a mapping (a path), and the sources that it is for. What is not in the table is for all, or is not known.
///
/// Source: the documentation of `CreateEventSourceMapping` in botocore 1.43.11, `lambda` 2015-03-31, read on 2026-11-23: each of
/// these names its sources "only". `StartingPosition` of DocumentDB is left out: nothing says whether it is refused.
static FOR: &[(&str, &[Polled])] = &[
    ("AmazonManagedKafkaEventSourceConfig", &[Msk]),
    ("BisectBatchOnFunctionError", &[Kinesis, DynamoDb, Msk, Kafka]),
    ("DestinationConfig", &[Kinesis, DynamoDb, Msk, Kafka]),
    ("DocumentDBEventSourceConfig", &[DocumentDb]),
    ("FunctionResponseTypes", &[Kinesis, DynamoDb, Msk, Kafka, Queue]),
    ("LoggingConfig", &[Msk, Kafka]),
    ("MaximumRecordAgeInSeconds", &[Kinesis, DynamoDb, Msk, Kafka]),
    ("MaximumRetryAttempts", &[Kinesis, DynamoDb, Msk, Kafka]),
    ("ParallelizationFactor", &[Kinesis, DynamoDb]),
    ("ProvisionedPollerConfig", &[Queue, Msk, Kafka]),
    ("ProvisionedPollerConfig.PollerGroupName", &[Msk, Kafka]),
    ("Queues", &[Mq]),
    ("ScalingConfig", &[Queue]),
    ("SelfManagedKafkaEventSourceConfig", &[Kafka]),
    ("StartingPosition", &[Kinesis, DynamoDb, Msk, Kafka, DocumentDb]),
    ("Topics", &[Msk, Kafka]),
    ("TumblingWindowInSeconds", &[Kinesis, DynamoDb]),
];

/// The properties that are for some sources only, each with those.
pub fn limited_properties() -> impl Iterator<Item = (&'static str, &'static [Polled])> {
    FOR.iter().map(|(path, polled)| (*path, *polled))
}

/// The largest batch of a FIFO queue, and of a mapping that does not wait for more.
///
/// Source: `BatchSize` and `MaximumBatchingWindowInSeconds` of `CreateEventSourceMapping`, botocore 1.43.11, read on 2026-11-23.
pub const SMALL_BATCH: i64 = 10;

/// The fewest pollers of a queue in provisioned mode. Source: `ProvisionedPollerConfig`, as above.
pub const QUEUE_POLLERS: i64 = 2;

/// How many of a mapping's readers one shard of a DynamoDB stream takes without throttling.
///
/// Source: Lambda developer guide, "Using AWS Lambda with Amazon DynamoDB", read on 2026-11-23: "up to two Lambda functions".
pub const TABLE_READERS: usize = 2;

/// How many readers one shard of a Kinesis stream takes that share its throughput: each reads it once a second, and it can be read five times
/// in one.
///
/// Source: Kinesis Data Streams developer guide, "Quotas and limits", read on 2026-11-23.
pub const STREAM_READERS: usize = 5;

/// The fewest receives after which a queue that feeds a function should give a message up.
///
/// Source: Lambda developer guide, "Creating and configuring an Amazon SQS event source mapping", read on 2026-11-22: "at least 5".
pub const ADVISED_RECEIVES: i64 = 5;
