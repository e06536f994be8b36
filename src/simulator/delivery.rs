//! Whether a message may go out: the checks after identity, in order.
