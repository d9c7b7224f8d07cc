"""What a turn costs, against the same engines without a product around them. `make bench`."""
