//! The page of a submission and that of a class.
