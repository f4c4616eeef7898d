"""Many posts at once: the bulk files of other schedulers in, the queue out."""
