"""What the benchmarks share: the server, the machine, the rounds, and what is written of them."""
