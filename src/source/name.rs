//! The names of files, as texts: `/` between the parts, relative to wherever the run's names are.

/// A name without `.` and `..` in it, as far as the name alone tells.
#[must_use]
pub fn normal_name(name: &str) -> String {
    normal(name.starts_with('/'), name.split('/'))
}

/// What the file `holder` calls `path`: relative to the folder that it is in. `None` for what is no such path: an absolute one, a URL,
/// nothing at all. The folder of the run itself is `""`.
#[must_use]
pub fn beside(holder: &str, path: &str) -> Option<String> {
    let folder = holder.rsplit_once('/').map_or("", |(folder, _)| folder);
    if path.is_empty() || path.starts_with('/') || path.contains("://") || path.chars().any(char::is_control) {
        return None;
    }
    Some(normal(holder.starts_with('/'), folder.split('/').chain(path.split('/'))))
}

fn normal<'a>(absolute: bool, parts: impl Iterator<Item = &'a str>) -> String {
    let mut out: Vec<&str> = Vec::new();
    for part in parts {
        match (part, out.last()) {
            ("" | ".", _) => {}
            ("..", Some(last)) if *last != ".." => {
                out.pop();
            }
            ("..", None) if absolute => {}
            _ => out.push(part),
        }
    }
    let joined = out.join("/");
    if absolute { format!("/{joined}") } else { joined }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_detours() {
        assert_eq!(normal_name("./infra/../app/./a.yaml"), "app/a.yaml");
        assert_eq!(normal_name("../../a.yaml"), "../../a.yaml");
        assert_eq!(normal_name("/srv/../../a.yaml"), "/a.yaml");
    }

    #[test]
    fn a_path_is_relative_to_the_file_that_names_it() {
        assert_eq!(beside("infra/template.yaml", "../app/").as_deref(), Some("app"));
        assert_eq!(beside("template.yaml", ".").as_deref(), Some(""));
        assert_eq!(beside("/srv/template.yaml", "../../app").as_deref(), Some("/app"));
        for path in ["", "/etc", "s3://bucket/key", "a\nb"] {
            assert_eq!(beside("template.yaml", path), None, "{path}");
        }
    }
}
