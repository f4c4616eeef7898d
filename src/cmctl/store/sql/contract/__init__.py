"""The parts of the contract on any engine of SQL, as `store/contract` has them."""
