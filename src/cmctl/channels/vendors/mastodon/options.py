"""What the YAML block of a Mastodon account may hold."""

from cmctl.channels.options import Form, Option

OPTIONS = (
    Option(
        name="url",
        what="the server's address, such as https://mastodon.social",
        form=Form.ADDRESS,
    ),
    Option(
        name="token",
        what="a reference to an access token (Preferences, Development; scopes read and write)",
        form=Form.SECRET,
    ),
    Option(
        name="visibility",
        what="who sees the posts; the account's own setting where nothing is said",
        required=False,
        choices=("public", "unlisted", "private"),
    ),
    Option(
        name="limit",
        what="the most characters the server takes, such as 500",
        form=Form.COUNT,
        required=False,
    ),
)
