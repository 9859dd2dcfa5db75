//! What is made to do harm, or is just broken.
