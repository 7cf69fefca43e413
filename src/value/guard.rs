/// placeholder, being written
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard;
impl Guard {
    /// Holds in every deployment.
    #[must_use]
    pub fn always() -> Self {
        Self
    }
}
