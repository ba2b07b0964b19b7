"""`python -m gateway`."""

from chassis.cli import main
from gateway.app import SERVICE

if __name__ == "__main__":
    main(SERVICE)
