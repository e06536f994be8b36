//! The timeline of one person: pure data ([`crate::lab::Story`]) to pure items that merge what is
//! narrower than can be seen ([`items`]), on an [`axis`] with local days, painted by [`view`].

pub mod axis;
pub mod cursor;
pub mod items;
mod paint;
pub mod view;
pub mod window;
