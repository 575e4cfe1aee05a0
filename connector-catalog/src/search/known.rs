//! How well known the service of a connector is.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::words::split;

/// Names of services by the number of packages that have them: a number, a colon, and the names in
/// small letters and digits. `known/README.md` says where they are from.
const SERVICES: &str = include_str!("../../known/services.txt");

static SERVICES_BY_NAME: LazyLock<HashMap<&str, u8>> = LazyLock::new(|| {
    let mut services = HashMap::new();
    for (count, names) in SERVICES.lines().filter_map(|line| line.split_once(':')) {
        if let Ok(count) = count.parse() {
            services.extend(names.split_whitespace().map(|name| (name, count)));
        }
    }
    services
});

const MOST_WORDS: usize = 4;

/// What owners of many services add to their name in hosts.
const ENDINGS: [&str; 3] = ["apis", "api", "aws"];

/// A shorter part of a host is of its top-level domain.
const SHORTEST: usize = 3;

/// How much less one of many services is known than their owner.
pub(super) const ONE_OF_MANY: u8 = 3;

/// Returns how many packages name the service of a connector, times [`ONE_OF_MANY`]: that of its name,
/// that of its host, or that with which its display name begins, if its host doesn't speak against it.
/// `domain` has the parts of the host that may name its owner.
///
/// A host such as `googleapis.com` is that of hundreds of services: what is known of its owner is
/// counted once, so that they don't drown all others.
pub(super) fn known(name: &str, display_name: &str, domain: &str) -> u8 {
    let mut parts = domain.split(' ').filter(|part| part.len() >= SHORTEST);
    let host = parts.next_back().map(plain).unwrap_or_default();
    let owners = ENDINGS.iter().filter_map(|end| host.strip_suffix(end));
    let owners: Vec<_> = owners.collect();
    let title = of_title(display_name, &plain(domain));
    let share = if owners.contains(&title.as_str()) {
        1
    } else {
        ONE_OF_MANY
    };
    let own = [(plain(name), ONE_OF_MANY), (title, share)];
    let own = own.iter().map(|(name, share)| (name.as_str(), *share));
    let of_host = owners.into_iter().map(|owner| (owner, 1));
    let names = own.chain(of_host).chain([(host.as_str(), ONE_OF_MANY)]);
    let counts = names.map(|(name, share)| count(name).saturating_mul(share));
    counts.max().unwrap_or_default()
}

/// Returns the longest name of a service that a title begins with, if there is one.
fn of_title(title: &str, host: &str) -> String {
    let mut words = split(title);
    words.retain(|word| word != "the");
    let mut begun = String::new();
    let mut name = String::new();
    for word in words.iter().take(MOST_WORDS) {
        begun.push_str(word);
        if count(&begun) > 0 && (host.is_empty() || host.contains(&begun)) {
            name.clone_from(&begun);
        }
    }
    name
}

fn count(name: &str) -> u8 {
    SERVICES_BY_NAME.get(name).copied().unwrap_or_default()
}

fn plain(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_services_is_one() {
        for line in SERVICES.lines() {
            let (count, names) = line.split_once(':').expect(line);
            let count: u8 = count.parse().expect(line);
            assert!((2..=u8::MAX / ONE_OF_MANY).contains(&count), "{line}");
            assert!(names.split_whitespace().count() > 0, "{line}");
            for name in names.split_whitespace() {
                assert_eq!(plain(name), name);
                assert!(name.len() >= 3, "{name}");
            }
        }
    }

    #[test]
    fn a_service_is_known_by_its_name_its_host_or_its_title() {
        let slack = count("slack") * ONE_OF_MANY;
        assert!(slack > 0);
        assert_eq!(known("slack", "Messages", ""), slack);
        assert_eq!(known("chat", "Messages", "files slack"), slack);
        assert_eq!(known("slack-web", "The Slack Web API", ""), slack);
        assert_eq!(known("slack-bots", "Slack Bots", "acme"), 0);
        assert_eq!(known("acme", "Acme", "acme"), 0);
        assert_eq!(known("acme", "Acme for Slack", "acme"), 0);
        assert_eq!(known("", "", ""), 0);
    }

    #[test]
    fn one_service_of_hundreds_is_less_known_than_their_owner() {
        let google = count("google");
        assert!(google > 0);
        assert_eq!(known("calendar", "Calendar API", "googleapis"), google);
        assert_eq!(known("tasks", "Google Tasks", "tasks googleapis"), google);
        assert_eq!(known("google", "Maps", "maps"), google * ONE_OF_MANY);
    }
}
