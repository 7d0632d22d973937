"""A bound on the work that an upload may ask for to turn its password into a key."""

from asn1crypto import algos

from profiles.exceptions import DamagedFileError

# Real files ask for 1 to 600 000 rounds; a file of a few bytes can ask for minutes of computing.
MOST_ITERATIONS = 5_000_000
MOST_SCRYPT_BYTES = 256 * 1024 * 1024
MOST_SCRYPT_LANES = 16


def check_iterations(count: int) -> None:
    """Raise DamagedFileError for a number of rounds that no honest file asks for."""
    if not 1 <= count <= MOST_ITERATIONS:
        raise DamagedFileError(
            f"The file asks for {count} rounds to check its password, which is too many: export it again."
        )


def check_encryption(algorithm: algos.EncryptionAlgorithm) -> None:
    """Raise DamagedFileError for a cost that no honest file has, ValueError for what cannot be parsed."""
    parameters = algorithm["parameters"].native
    if algorithm["algorithm"].native != "pbes2":
        check_iterations(parameters["iterations"])
        return
    derivation = parameters["key_derivation_func"]
    cost = derivation["parameters"]
    if derivation["algorithm"] != "scrypt":
        check_iterations(cost["iteration_count"])
        return
    memory = 128 * cost["cost_parameter"] * cost["block_size"]
    if memory > MOST_SCRYPT_BYTES or cost["parallelization_parameter"] > MOST_SCRYPT_LANES:
        raise DamagedFileError(
            "The file asks for too much memory to check its password: export it again with common settings."
        )
