"""A bound on the work that an upload may ask for to turn its password into a key."""

from asn1crypto import algos, core

from profiles.exceptions import DamagedFileError

# Real files ask for 1 to 600 000 rounds; a file of a few bytes can ask for minutes of computing.
MOST_ITERATIONS = 5_000_000
MOST_SCRYPT_BYTES = 256 * 1024 * 1024
MOST_SCRYPT_LANES = 16
SCRYPT = "1.3.6.1.4.1.11591.4.11"


class ScryptParameters(core.Sequence):  # type: ignore[misc]  # asn1crypto has no types
    """RFC 7914, section 7, which asn1crypto does not know."""

    _fields = [
        ("salt", core.OctetString),
        ("cost", core.Integer),
        ("block_size", core.Integer),
        ("lanes", core.Integer),
        ("key_length", core.Integer, {"optional": True}),
    ]


def check_iterations(count: int) -> None:
    """Raise DamagedFileError for a number of rounds that no honest file asks for."""
    if not 1 <= count <= MOST_ITERATIONS:
        raise DamagedFileError(
            f"The file asks for {count} rounds to check its password, which is too many: export it again."
        )


def iterations(algorithm: algos.EncryptionAlgorithm) -> int:
    """Return the rounds that opening it takes, 1 for scrypt; raises DamagedFileError where that asks for too much.

    What cannot be parsed raises one of `certificates.UNREADABLE`.
    """
    parameters = algorithm["parameters"]
    if algorithm["algorithm"].native != "pbes2":
        return int(parameters["iterations"].native)
    derivation = parameters["key_derivation_func"]
    if derivation["algorithm"].native != SCRYPT:
        return int(derivation["parameters"]["iteration_count"].native)
    scrypt = derivation["parameters"].parse(spec=ScryptParameters).native
    if 128 * scrypt["cost"] * scrypt["block_size"] > MOST_SCRYPT_BYTES or scrypt["lanes"] > MOST_SCRYPT_LANES:
        raise DamagedFileError(
            "The file asks for too much memory to check its password: export it again with common settings."
        )
    return 1
