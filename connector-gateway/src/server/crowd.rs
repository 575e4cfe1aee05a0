//! Client connections: how many are allowed, and which one makes room for another.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::progress::{Progress, Signal, Standing};
use plugwright_engine::Limit;
use plugwright_engine::LimitHits;

/// How many active connections to check, in turn, for a slow one when a new one needs room.
const LOOKS: usize = 32;

/// Concurrent requests on an HTTP/2 connection. The answer of each takes memory until the client reads it,
/// so that there are fewer on a connection the more connections there are.
const STREAMS: usize = 100;
const FEWEST_STREAMS: usize = 4;
/// So many connections of one peer, or of all, have the full number.
const FEW_OF_ONE: usize = 32;
const FEW: usize = 128;

/// An address whose connections count together: an IPv4 address or an IPv6 /64, which is what one
/// customer usually has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Peer {
    V4([u8; 4]),
    V6([u8; 8]),
}

impl From<IpAddr> for Peer {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.octets()),
            IpAddr::V6(address) => {
                let mut network = [0; 8];
                network.copy_from_slice(&address.octets()[..8]);
                Self::V6(network)
            }
        }
    }
}

/// The order in which connections make room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// It has sent no request yet.
    Fresh,
    /// It has no request.
    Idle,
    /// It has a request.
    InUse,
}

/// Rank, time and id; the smallest makes room first.
type Place = (Rank, Instant, u64);

pub(super) struct Crowd {
    most: usize,
    most_of_one: usize,
    hits: LimitHits,
    next: AtomicU64,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    known: HashMap<u64, Known>,
    order: BTreeSet<Place>,
    peers: HashMap<Peer, BTreeSet<Place>>,
}

/// A connection with its last known position. Its current state is read when needed, so that
/// requests need not update anything here.
struct Known {
    peer: Peer,
    place: Place,
    progress: Arc<Progress>,
}

/// The slot of a connection, freed when this is dropped.
pub(super) struct Ticket {
    pub(super) progress: Arc<Progress>,
    /// How many requests it may have at the same time.
    pub(super) streams: u32,
    crowd: Arc<Crowd>,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.crowd.table().remove(self.progress.id);
    }
}

impl Crowd {
    pub(super) fn new(most: usize, most_of_one: usize, hits: LimitHits) -> Self {
        Self {
            most,
            most_of_one,
            hits,
            next: AtomicU64::new(0),
            table: Mutex::default(),
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Admits a connection if there is a slot or one can be freed.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr) -> Result<Ticket, Limit> {
        let peer = Peer::from(address);
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let progress = Arc::new(Progress::new(id, Arc::clone(self)));
        let opened = progress.opened();
        let mut table = self.table();
        let of_peer = table.peers.get(&peer).map_or(0, BTreeSet::len);
        if of_peer >= self.most_of_one {
            self.hits.add(Limit::ConnectionsPerPeer);
            table
                .make_room(Some(peer), opened)
                .ok_or(Limit::ConnectionsPerPeer)?;
        }
        if table.known.len() >= self.most {
            self.hits.add(Limit::Connections);
            table.make_room(None, opened).ok_or(Limit::Connections)?;
        }
        table.insert(Known {
            peer,
            place: (Rank::Fresh, opened, id),
            progress: Arc::clone(&progress),
        });
        // Behind a proxy, all clients are one peer.
        let of_peer = if self.most_of_one < self.most {
            of_peer
        } else {
            0
        };
        let streams = streams(of_peer, table.known.len());
        Ok(Ticket {
            progress,
            streams,
            crowd: Arc::clone(self),
        })
    }

    /// Closes the connection that has been idle longest, if any is.
    pub(super) fn make_room(&self) -> bool {
        self.table().make_room(None, Instant::now()).is_some()
    }

    /// Records that a connection has become idle.
    pub(super) fn rests(&self, id: u64) {
        self.table().move_to(id, Rank::Idle, Instant::now());
    }

    /// Asks all connections to close.
    pub(super) fn retire(&self) {
        for known in self.table().known.values() {
            known.progress.signal(Signal::Retire);
        }
    }
}

/// Returns how many requests a connection may have beside so many connections of its peer, and of all.
fn streams(of_peer: usize, in_all: usize) -> u32 {
    let share = |few: usize, count: usize| few * STREAMS / count.max(few);
    let streams = share(FEW_OF_ONE, of_peer).min(share(FEW, in_all));
    u32::try_from(streams.max(FEWEST_STREAMS)).unwrap_or(u32::MAX)
}

impl Table {
    fn insert(&mut self, known: Known) {
        self.order.insert(known.place);
        self.peers
            .entry(known.peer)
            .or_default()
            .insert(known.place);
        self.known.insert(known.place.2, known);
    }

    fn remove(&mut self, id: u64) -> Option<Known> {
        let known = self.known.remove(&id)?;
        self.order.remove(&known.place);
        if let Some(places) = self.peers.get_mut(&known.peer) {
            places.remove(&known.place);
            if places.is_empty() {
                self.peers.remove(&known.peer);
            }
        }
        Some(known)
    }

    fn move_to(&mut self, id: u64, rank: Rank, since: Instant) {
        if let Some(known) = self.remove(id) {
            self.insert(Known {
                place: (rank, since, id),
                ..known
            });
        }
    }

    /// Closes the least valuable connection, of a peer or of all.
    ///
    /// Each iteration closes one or updates a connection that changed since the last look, so the
    /// cost depends on the activity of connections, not on their number.
    fn make_room(&mut self, peer: Option<Peer>, now: Instant) -> Option<()> {
        let mut looks = 0;
        loop {
            let places = match peer {
                Some(peer) => self.peers.get(&peer)?,
                None => &self.order,
            };
            let &(rank, since, id) = places.first()?;
            let standing = self.known.get(&id)?.progress.standing(now);
            let missed = match (rank, standing) {
                (Rank::Fresh, Standing::Fresh) | (Rank::InUse, Standing::Slow) => true,
                (_, Standing::Idle(idle)) if (rank, since) == (Rank::Idle, idle) => true,
                (_, Standing::Idle(idle)) => {
                    self.move_to(id, Rank::Idle, idle);
                    false
                }
                (_, Standing::Fresh) => {
                    self.move_to(id, Rank::Fresh, since);
                    false
                }
                (_, Standing::Slow | Standing::Busy) => {
                    looks += usize::from(rank == Rank::InUse);
                    self.move_to(id, Rank::InUse, now);
                    false
                }
            };
            if missed && let Some(known) = self.remove(id) {
                known.progress.signal(Signal::Evict);
                return Some(());
            }
            if looks == LOOKS {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_connections_the_fewer_requests_on_each() {
        let peers = (0..4096).map(|number| streams(number.min(2047), number));
        let together: u32 = peers.sum();
        assert!(together < 30_000, "{together}");
        assert_eq!([streams(0, 1), streams(31, 127)], [100, 100]);
        assert_eq!([streams(64, 65), streams(1, 256)], [50, 50]);
        assert_eq!(streams(2047, 4096), 4);
    }

    fn crowd(most: usize, most_of_one: usize) -> Arc<Crowd> {
        Arc::new(Crowd::new(most, most_of_one, LimitHits::default()))
    }

    fn is_evicted(ticket: &Ticket) -> bool {
        let cx = std::task::Context::from_waker(std::task::Waker::noop());
        ticket.progress.wanted(&cx) == Signal::Evict
    }

    #[test]
    fn addresses_of_one_customer_are_one_peer() {
        let peer = |text: &str| Peer::from(text.parse::<IpAddr>().unwrap());
        assert_eq!(peer("2001:db8::1"), peer("2001:db8::ffff:0:0:1"));
        assert_ne!(peer("2001:db8::1"), peer("2001:db8:0:1::1"));
        assert_eq!(peer("::ffff:192.0.2.1"), peer("192.0.2.1"));
        assert_ne!(peer("192.0.2.1"), peer("192.0.2.2"));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_can_be_missed_most_makes_room() {
        let crowd = crowd(4, 4);
        let address = "192.0.2.1".parse().unwrap();
        let pass = || tokio::time::advance(std::time::Duration::from_millis(10));
        let mut tickets = Vec::new();
        for _ in 0..4 {
            tickets.push(crowd.admit(address).unwrap());
            pass().await;
        }
        // The first is in use, the third was used after the second, the last was never used.
        let busy = tickets[0].progress.begin();
        drop(tickets[1].progress.begin());
        pass().await;
        drop(tickets[2].progress.begin());
        pass().await;
        for next in [3, 1, 2] {
            assert!(!is_evicted(&tickets[next]));
            let new = crowd.admit(address).unwrap();
            assert!(is_evicted(&tickets[next]), "{next}");
            // It is used at once, so that another one makes room for the next.
            tickets.push(new);
            std::mem::forget(tickets.last().unwrap().progress.begin());
            pass().await;
        }
        assert_eq!(crowd.admit(address).err(), Some(Limit::ConnectionsPerPeer));
        // The end of a request is noticed at once.
        drop(busy);
        assert!(crowd.admit(address).is_ok());
        assert!(is_evicted(&tickets[0]));
    }

    #[test]
    fn a_peer_makes_room_for_itself_and_goes_with_its_last_connection() {
        let crowd = crowd(100, 2);
        let [one, other] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().unwrap());
        let kept = crowd.admit(other).unwrap();
        let tickets: Vec<_> = (0..10).map(|_| crowd.admit(one).unwrap()).collect();
        assert!(!is_evicted(&kept));
        assert_eq!(
            tickets.iter().filter(|ticket| is_evicted(ticket)).count(),
            8
        );
        assert_eq!(crowd.table().known.len(), 3);
        drop((kept, tickets));
        let table = crowd.table();
        assert!(table.known.is_empty() && table.order.is_empty() && table.peers.is_empty());
    }
}
