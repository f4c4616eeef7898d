"""The contract of a store in parts, by what each serves; together they are `Store`."""
