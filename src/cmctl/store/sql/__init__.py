"""What every store on SQL is: one set of statements and steps; an engine adds its own words."""
