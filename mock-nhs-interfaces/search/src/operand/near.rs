//! Conditions on places. Source: <https://hl7.org/fhir/R4/location.html#search>.

use crate::key::{KeyRange, POSITION, date_ends, date_key, successor};
use crate::value::Position;

/// `near=latitude|longitude|distance|units`: within a distance of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearTest {
    /// The place.
    pub centre: Position,
    /// How far it may be, along the ground.
    pub distance_metres: u32,
}

/// Earth's mean radius in metres: <https://en.wikipedia.org/wiki/Earth_radius#Arithmetic_mean_radius>.
const RADIUS_METRES: f64 = 6_371_008.8;
/// Metres on Earth's surface for a millionth of a degree of latitude, rounded down, so that bands of latitude come out a little too wide.
const METRES_PER_STEP: f64 = 0.111;

impl NearTest {
    pub(super) fn matches(&self, own: Position) -> bool {
        let radians = |millionths: i32| (f64::from(millionths) / 1e6).to_radians();
        let (north, own_north) = (radians(self.centre.latitude), radians(own.latitude));
        let half_north = (own_north - north) / 2.0;
        let half_east = (radians(own.longitude) - radians(self.centre.longitude)) / 2.0;
        // The haversine formula.
        let chord = half_north.sin().powi(2) + north.cos() * own_north.cos() * half_east.sin().powi(2);
        2.0 * RADIUS_METRES * chord.sqrt().min(1.0).asin() <= f64::from(self.distance_metres)
    }

    pub(super) fn ranges(&self) -> Vec<KeyRange> {
        let centre = i64::from(self.centre.latitude);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "at most 2^32 / 0.111, which an i64 holds"
        )]
        let reach = (f64::from(self.distance_metres) / METRES_PER_STEP).ceil() as i64;
        let low = date_key(POSITION, centre - reach, i64::MIN);
        let high = date_key(POSITION, centre + reach, i64::MAX);
        vec![KeyRange::between(&low, &successor(&high))]
    }

    pub(super) fn accepts(&self, key: &[u8]) -> bool {
        let Some((&POSITION, rest)) = key.split_first() else {
            return false;
        };
        let place = date_ends(rest).and_then(|(latitude, longitude)| {
            Some(Position {
                latitude: i32::try_from(latitude).ok()?,
                longitude: i32::try_from(longitude).ok()?,
            })
        });
        place.is_some_and(|place| self.matches(place))
    }
}
