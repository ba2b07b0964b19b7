"""`python -m equipment_leasing`."""

from chassis.cli import main
from equipment_leasing.app import SERVICE

if __name__ == "__main__":
    main(SERVICE)
