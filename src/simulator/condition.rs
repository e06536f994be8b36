//! Evaluating conditions against a person at an instant.
