//! What other worlds of a run say, as a world asks for it. See `engine::elsewhere` for where it comes from.

use crate::value::Text;
use rustc_hash::FxHashMap;

/// What is said of something that is called by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum About {
    /// Somebody may invoke this function.
    Permissions,
    /// Something invokes this function.
    Invocations,
    /// This function's asynchronous runs are configured.
    InvokeConfigs,
    /// Somebody may send to this queue.
    QueuePolicies,
    /// Somebody may publish to this topic.
    TopicPolicies,
    /// This role has a policy.
    RolePolicies,
    /// There is a log group of this name.
    LogGroups,
}

/// What the worlds of a run say, by literal names. A world asks for what the others say.
#[derive(Debug, Default)]
pub struct Elsewhere {
    /// For each name the first world that says it, and whether others do too.
    said: FxHashMap<(About, Box<str>), (usize, bool)>,
}

impl Elsewhere {
    /// A world says something of what a text names.
    pub fn say(&mut self, about: About, text: &Text, world: usize) {
        let Some(name) = text.as_literal().map(|text| plain(about, text)) else { return };
        let said = self.said.entry((about, name.into())).or_insert((world, false));
        said.1 |= said.0 != world;
    }

    /// Whether a world other than `own` says it of this name.
    #[must_use]
    pub fn says(&self, about: About, name: &Text, own: usize) -> bool {
        if self.said.is_empty() {
            return false;
        }
        let name = name.as_literal().map(|text| plain(about, text));
        let said = name.and_then(|name| self.said.get(&(about, name.into())));
        said.is_some_and(|(world, many)| *many || *world != own)
    }
}

/// The name in an ARN, a URL or a name, without a function's qualifier.
fn plain(about: About, text: &str) -> &str {
    let after = |marker: &str| text.split_once(marker).map_or(text, |(_, name)| name);
    match about {
        About::Permissions | About::Invocations | About::InvokeConfigs => {
            let name = after(":function:");
            name.split_once(':').map_or(name, |(name, _)| name)
        }
        About::QueuePolicies | About::TopicPolicies => text.rsplit(['/', ':']).next().unwrap_or(text),
        About::RolePolicies => text.rsplit('/').next().unwrap_or(text),
        About::LogGroups => text,
    }
}
