"""`python -m procurement`."""

from chassis.cli import main
from procurement.app import SERVICE

if __name__ == "__main__":
    main(SERVICE)
