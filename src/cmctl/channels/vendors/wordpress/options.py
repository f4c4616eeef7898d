"""What the YAML block of a WordPress site may hold."""

from cmctl.channels.options import Form, Option

OPTIONS = (
    Option(
        name="url",
        what="the site's address, such as https://atlas.example",
        form=Form.ADDRESS,
    ),
    Option(name="user", what="the user who writes the posts, an editor on the site"),
    Option(
        name="password",
        what="a reference to an application password (Users, Profile, Application Passwords)",
        form=Form.SECRET,
    ),
    Option(
        name="status",
        what="what becomes of a post; `publish` where nothing is said",
        required=False,
        choices=("publish", "pending", "private", "draft"),
    ),
    Option(
        name="categories",
        what="names of categories that the site has, such as `Actualités, Conseils`",
        required=False,
    ),
)
