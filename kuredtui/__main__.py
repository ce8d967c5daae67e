"""`python -m kuredtui` and the `kuredtui` command: hand over to the command line."""

from kuredtui.cli import main

if __name__ == "__main__":
    main()
