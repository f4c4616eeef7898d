"""What the YAML block of a Telegram bot may hold."""

from typing import Final

from cmctl.channels.options import Form, Option

URL: Final = "https://api.telegram.org"
OPTIONS: Final = (
    Option(name="token", what="a reference to the bot's token (@BotFather)", form=Form.SECRET),
    Option(
        name="chat",
        what="the channel's @name, or its number in quotes, such as '-1001234567890'",
    ),
    Option(
        name="url",
        what=f"a Bot API server of your own; {URL} where nothing is said",
        form=Form.ADDRESS,
        required=False,
    ),
)
