"""Makes the tables of a new database, and brings those of an old one up to date; the server refuses to start on either.

Usage: MLFLOW_BACKEND_STORE_URI=... python -m mlflow_migrate
"""

import os

from mlflow.store.db import utils


def main() -> None:
    engine = utils.create_sqlalchemy_engine_with_retry(os.environ["MLFLOW_BACKEND_STORE_URI"])
    if utils._all_tables_exist(engine):
        utils._upgrade_db(engine)
    else:
        utils._initialize_tables(engine)


main()
