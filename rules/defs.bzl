"""mmf_store."""
