//! The hosts that a source's links may go to: those of its entries, or those that the publisher names.

use std::collections::BTreeMap;

use caveat::index::{Entry, is_link_host, link_host, offered_link};
use caveat::source::MAX_HOSTS;

use crate::fault::Fault;

/// The list for a head. What its links will not be offered for is said on standard error.
///
/// # Errors
/// When a named host is none, or there are too many.
pub fn list(entries: &[Entry], named: &[String]) -> Result<Vec<String>, Fault> {
    let hosts = if named.is_empty() { most_linked(entries) } else { given(named)? };
    let left: Vec<&str> = links(entries).filter(|link| offered_link(link, &hosts).is_none()).collect();
    if let Some(first) = left.first() {
        eprintln!(
            "caveat: {} links go to hosts that are not listed and will be shown without a link, the first: {first}",
            left.len()
        );
    }
    Ok(hosts)
}

fn given(named: &[String]) -> Result<Vec<String>, Fault> {
    let mut hosts: Vec<String> = named.iter().map(|host| host.trim().to_ascii_lowercase()).collect();
    if let Some(bad) = hosts.iter().find(|host| !is_link_host(host)) {
        return Err(Fault::Usage(format!("--hosts: \"{bad}\" is no host: write example.org, in ASCII (xn--…)")));
    }
    hosts.sort();
    hosts.dedup();
    if hosts.len() > MAX_HOSTS {
        return Err(Fault::Usage(format!("--hosts: {} hosts, at most {MAX_HOSTS} can be listed", hosts.len())));
    }
    Ok(hosts)
}

/// The hosts of all links without `www.`, none below another one; where they are too many, those of most links.
fn most_linked(entries: &[Entry]) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for host in links(entries).filter_map(link_host) {
        let host = host.strip_prefix("www.").filter(|rest| is_link_host(rest)).unwrap_or(&host).to_owned();
        *counts.entry(host).or_default() += 1;
    }
    let covered = |host: &str| host.match_indices('.').any(|(dot, _)| counts.contains_key(&host[dot + 1..]));
    let mut hosts: Vec<(&String, &usize)> = counts.iter().filter(|(host, _)| !covered(host)).collect();
    hosts.sort_by(|(one, a), (other, b)| b.cmp(a).then(one.cmp(other)));
    let mut hosts: Vec<String> = hosts.into_iter().take(MAX_HOSTS).map(|(host, _)| host.clone()).collect();
    hosts.sort();
    hosts
}

/// Addresses of reviews and originals.
fn links(entries: &[Entry]) -> impl Iterator<Item = &str> {
    entries.iter().flat_map(|entry| {
        let original = entry.original.as_ref().and_then(|original| original.url.as_deref());
        entry.reviews.iter().map(|review| review.url.as_str()).chain(original)
    })
}
