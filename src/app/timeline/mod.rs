//! The timeline of one person or of several: pure data ([`crate::lab::Story`]) to rows
//! ([`layout`]) and to items that merge what is narrower than can be seen ([`items`]), on an
//! [`axis`] with local days, painted by [`view`].

pub mod axis;
mod bars;
pub mod controls;
pub mod cursor;
pub mod items;
mod kept;
pub mod layout;
mod marks;
mod names;
mod paint;
mod ruler;
pub mod view;
