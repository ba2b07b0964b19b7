"""`python -m labour`."""

from chassis.cli import main
from labour.app import SERVICE

if __name__ == "__main__":
    main(SERVICE)
