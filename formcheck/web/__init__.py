"""The local web page: `server.serve` starts it."""
