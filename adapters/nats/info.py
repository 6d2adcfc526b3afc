"""What the NATS adapter is and asks for, readable without nats-py."""

from adapters.api import CAPABILITIES, AdapterInfo, FieldSpec

_FIELDS = (
    FieldSpec("address", "Address", placeholder="nats://host:4222", required=True),
    FieldSpec("user", "User", help="Leave it empty for a token, an NKEY or a credentials file."),
    FieldSpec("password", "Password", "secret"),
    FieldSpec("token", "Token", "secret", rare=True),
    FieldSpec("nkey", "NKEY seed", "secret", help="Begins with SU.", rare=True),
    FieldSpec(
        "creds", "Credentials file", "path", help="The .creds file of a decentralised account.", rare=True
    ),
    FieldSpec(
        "ca", "CA certificate", "path", help="Only where the system does not know the authority.", rare=True
    ),
    FieldSpec("cert", "Client certificate", "path", rare=True),
    FieldSpec("key", "Client key", "path", rare=True),
    FieldSpec(
        "tls_first", "TLS before the greeting", "flag", help="As handshake_first on the server.", rare=True
    ),
    FieldSpec(
        "monitoring",
        "Monitoring address",
        placeholder="http://host:8222",
        help="Makes watching cheap: one call a server. Several are divided by commas.",
        rare=True,
    ),
    FieldSpec(
        "timeout",
        "Answer within",
        "number",
        default="10",
        help="Seconds of silence until a call fails.",
        rare=True,
    ),
    FieldSpec("domain", "JetStream domain", rare=True),
    FieldSpec(
        "inbox", "Inbox prefix", placeholder="_INBOX", help="Where the account restricts it.", rare=True
    ),
)

_SUPPORT = (
    "yes",
    "from sequences",
    "yes",
    "by name",
    "yes",
    "yes",
    "at least once",
    "searches the target",
    "yes",
    "up to a sequence",
)

INFO = AdapterInfo(
    kind="nats",
    title="NATS JetStream",
    icon="nats",
    schemes=("nats", "tls"),
    factory="adapters.nats.adapter:make",
    fields=_FIELDS,
    capabilities=tuple(zip(CAPABILITIES, _SUPPORT, strict=True)),
    driver="nats",
    extra="nats",
    example="nats://127.0.0.1:4222",
    default_port=4222,
)
