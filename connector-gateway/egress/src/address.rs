//! What kind of place an IP address leads to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// What kind of place an address leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// A place on the internet.
    Public,
    /// This machine, its network, or no single host at all.
    Inside,
    /// A service that gives out the credentials of the machine.
    Metadata,
}

/// IPv4 networks that are not on the internet (IANA special-purpose registry).
static INSIDE_V4: LazyLock<Vec<Ipv4Net>> = LazyLock::new(|| {
    parse(&[
        "0.0.0.0/8",       // this network; Linux connects to itself
        "10.0.0.0/8",      // private
        "100.64.0.0/10",   // carrier-grade NAT
        "127.0.0.0/8",     // loopback
        "169.254.0.0/16",  // link-local
        "172.16.0.0/12",   // private
        "192.0.0.0/24",    // protocol assignments
        "192.0.2.0/24",    // documentation
        "192.88.99.0/24",  // 6to4 relays, given up
        "192.168.0.0/16",  // private
        "198.18.0.0/15",   // benchmarks
        "198.51.100.0/24", // documentation
        "203.0.113.0/24",  // documentation
        "224.0.0.0/4",     // multicast
        "240.0.0.0/4",     // reserved, and broadcast
    ])
});

/// IPv6 networks inside of `2000::/3` that are not on the internet.
static INSIDE_V6: LazyLock<Vec<Ipv6Net>> = LazyLock::new(|| {
    parse(&[
        "2001::/23",     // protocol assignments: Teredo, ORCHID, benchmarks
        "2001:db8::/32", // documentation
        "2002::/16",     // 6to4
        "3fff::/20",     // documentation
    ])
});

/// Where clouds give out the credentials of a machine.
static METADATA: LazyLock<Vec<IpAddr>> = LazyLock::new(|| {
    parse(&[
        "169.254.169.254", // most clouds
        "169.254.170.2",   // AWS containers
        "169.254.170.23",  // AWS pods
        "169.254.0.23",    // Tencent Cloud
        "169.254.42.42",   // Scaleway
        "100.100.100.200", // Alibaba Cloud
        "168.63.129.16",   // Azure
        "192.0.0.192",     // Oracle Cloud
        "fd00:ec2::254",   // AWS
        "fd00:ec2::23",    // AWS pods
        "fd20:ce::254",    // Google Cloud
        "fd00:42::42",     // Scaleway
        "fe80::a9fe:a9fe", // OpenStack
    ])
});

/// Reads a table of this file; a line that can't be read fails the test that counts them.
fn parse<T: std::str::FromStr>(lines: &[&str]) -> Vec<T> {
    lines.iter().filter_map(|line| line.parse().ok()).collect()
}

/// Tells what kind of place an address leads to. IPv4 addresses inside of IPv6 ones are judged as
/// what they are.
pub(crate) fn reach(address: IpAddr) -> Reach {
    if METADATA.contains(&address) {
        return Reach::Metadata;
    }
    match address {
        IpAddr::V4(v4) => inside_if(INSIDE_V4.iter().any(|network| network.contains(&v4))),
        IpAddr::V6(v6) => reach_v6(v6),
    }
}

fn reach_v6(address: Ipv6Addr) -> Reach {
    match embedded(address) {
        // Routers translate these two to the IPv4 address itself.
        Some((v4, Form::Mapped | Form::Nat64)) => reach(v4.into()),
        // Tunnels, which nothing on the internet needs any more.
        Some((v4, Form::Tunnel)) => match reach(v4.into()) {
            Reach::Metadata => Reach::Metadata,
            Reach::Public | Reach::Inside => Reach::Inside,
        },
        None => {
            let global = address.segments()[0] & 0xe000 == 0x2000;
            inside_if(!global || INSIDE_V6.iter().any(|network| network.contains(&address)))
        }
    }
}

const fn inside_if(inside: bool) -> Reach {
    if inside { Reach::Inside } else { Reach::Public }
}

/// How an IPv4 address is put into an IPv6 one.
enum Form {
    /// `::ffff:a.b.c.d`.
    Mapped,
    /// `64:ff9b::a.b.c.d`.
    Nat64,
    /// IPv4-compatible, IPv4-translated, local NAT64, 6to4, Teredo and ISATAP.
    Tunnel,
}

fn embedded(address: Ipv6Addr) -> Option<(Ipv4Addr, Form)> {
    let s = address.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    let last = v4(s[6], s[7]);
    match s {
        [0, 0, 0, 0, 0, 0xffff, ..] => Some((last, Form::Mapped)),
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => Some((last, Form::Nat64)),
        [0, 0, 0, 0, 0 | 0xffff, 0, ..]
        | [0x64, 0xff9b, 1, ..]
        | [_, _, _, _, 0 | 0x200, 0x5efe, ..] => Some((last, Form::Tunnel)),
        [0x2002, high, low, ..] => Some((v4(high, low), Form::Tunnel)),
        [0x2001, 0, ..] => Some((v4(!s[6], !s[7]), Form::Tunnel)),
        _ => None,
    }
}

/// Returns whether a network of an allow list has an address, in IPv4 or as its mapped form.
pub(crate) fn contains(network: &IpNet, address: IpAddr) -> bool {
    network.contains(&address) || network.contains(&address.to_canonical())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Reach {
        reach(text.parse().unwrap())
    }

    #[test]
    fn every_line_of_the_tables_is_read() {
        assert_eq!(
            (INSIDE_V4.len(), INSIDE_V6.len(), METADATA.len()),
            (15, 4, 13)
        );
    }

    #[test]
    fn knows_the_internet() {
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "100.128.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "2606:4700::1111",
            "2a00:1450:4001::200e",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
        ] {
            assert_eq!(of(text), Reach::Public, "{text}");
        }
    }

    #[test]
    fn knows_what_is_inside_in_every_form() {
        for text in [
            "127.0.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "100.64.0.1",
            "::",
            "::1",
            "::127.0.0.1",
            "::8.8.8.8",
            "::ffff:127.0.0.1",
            "::ffff:0:127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::8.8.8.8",
            "2002:7f00:1::",
            "2002:808:808::1",
            "2001:0:1::1",
            "2001:db8::1",
            "2001:20::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "2606:4700::5efe:8.8.8.8",
        ] {
            assert_eq!(of(text), Reach::Inside, "{text}");
        }
    }

    #[test]
    fn knows_metadata_services_in_every_form() {
        for text in [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "::169.254.169.254",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::169.254.169.254",
            "2002:a9fe:a9fe::",
            "2001:0:0:0:0:0:5601:5601",
            "100.100.100.200",
            "168.63.129.16",
            "fd00:ec2::254",
        ] {
            assert_eq!(of(text), Reach::Metadata, "{text}");
        }
    }

    /// An address of the network, by a number that is cut to size.
    fn within_v4(network: Ipv4Net, bits: u32) -> Ipv4Addr {
        (u32::from(network.network()) | (bits & u32::from(network.hostmask()))).into()
    }

    proptest! {
        #[test]
        fn nothing_in_a_blocked_network_is_public(index in 0..15_usize, bits: u32, tail: u64) {
            let v4 = within_v4(INSIDE_V4[index], bits);
            prop_assert_ne!(reach(v4.into()), Reach::Public);
            let [a, b, c, d] = v4.octets().map(u16::from);
            let (high, low) = (a << 8 | b, c << 8 | d);
            prop_assert_ne!(reach(v4.to_ipv6_mapped().into()), Reach::Public);
            for v6 in [
                Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
                Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
            ] {
                prop_assert_ne!(reach(v6.into()), Reach::Public);
            }
            let network = INSIDE_V6[index % 4];
            let v6 = u128::from(network.network()) | u128::from(tail);
            prop_assert_ne!(reach(Ipv6Addr::from(v6).into()), Reach::Public);
        }

        #[test]
        fn only_global_unicast_and_translations_are_public(bits: u128) {
            let address = Ipv6Addr::from(bits);
            if reach(address.into()) == Reach::Public {
                let translated = address.to_ipv4_mapped().is_some()
                    || address.segments()[..2] == [0x64, 0xff9b];
                prop_assert!(bits >> 125 == 1 || translated);
            }
        }
    }
}
