//! Journeys to begin with: those of the sample workspace.

use crate::journey::{Journey, Status, journey_from_ron};

const TEXTS: [(&str, &str); 6] = [
    ("cart-recovery.ron", include_str!("../../sample-journeys/journeys/cart-recovery.ron")),
    ("browse-abandonment.ron", include_str!("../../sample-journeys/journeys/browse-abandonment.ron")),
    ("checkout-abandonment.ron", include_str!("../../sample-journeys/journeys/checkout-abandonment.ron")),
    ("ad-promise-welcome.ron", include_str!("../../sample-journeys/journeys/ad-promise-welcome.ron")),
    ("product-discovery.ron", include_str!("../../sample-journeys/journeys/product-discovery.ron")),
    ("reactivation.ron", include_str!("../../sample-journeys/journeys/reactivation.ron")),
];

/// Every template, as a draft.
pub fn templates() -> Vec<Journey> {
    // A test holds that every one can be read; here a bad one is merely absent.
    let read = |(file, text): (&str, &str)| journey_from_ron(text, file).ok();
    TEXTS.into_iter().filter_map(read).map(|journey| Journey { status: Status::Draft, ..journey }).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_template_can_be_read() {
        assert_eq!(super::templates().len(), super::TEXTS.len());
    }
}
