"""Answers in the shape that each network gives, as small as an adapter understands them."""

from collections.abc import Mapping

_MASTODON = {
    "id": "1",
    "created_at": "2026-11-24T10:15:00.000Z",
    "content": "<p>Bonjour</p>",
    "url": "https://example.org/@a/1",
    "in_reply_to_id": None,
    "in_reply_to_account_id": "2",
    "reblog": None,
    "visibility": "public",
    "account": {"id": "2", "acct": "a", "username": "a"},
    "application": {"name": "web"},
    "media_attachments": [{"id": "3", "type": "image"}],
    "mentions": [{"acct": "b", "url": "https://example.org/@b"}],
    "tags": [{"name": "logistique"}],
    "favourites_count": 1,
    "replies_count": 2,
    "reblogs_count": 3,
}
_RECORD = {
    "uri": "at://did:plc:abc/app.bsky.feed.post/3kabc",
    "cid": "bafy",
    "value": {
        "text": "Bonjour",
        "createdAt": "2026-11-24T10:15:00.000Z",
        "langs": ["fr"],
        "facets": [
            {
                "index": {"byteStart": 0, "byteEnd": 7},
                "features": [
                    {"$type": "app.bsky.richtext.facet#link", "uri": "https://example.org/"}
                ],
            }
        ],
        "embed": {"images": [{"alt": "", "image": {}}], "external": {"uri": "https://x.example/"}},
        "reply": {"parent": {"uri": "at://did:plc:abc/app.bsky.feed.post/3kabd"}},
    },
}
_SESSION = {
    "did": "did:plc:abc",
    "handle": "a.example",
    "accessJwt": "eyJ.eyJ.x",
    "refreshJwt": "eyJ.eyJ.y",
    "didDoc": {"service": [{"id": "#atproto_pds", "serviceEndpoint": "https://pds.example"}]},
}
_SANDBOX = {
    "id": "1",
    "text": "Bonjour",
    "at": "2026-11-24T10:15:00+00:00",
    "url": "http://127.0.0.1/@a/1",
    "author": "a",
    "tool": "by hand",
    "key": "0" * 32,
    "media": [{"id": "1", "alt": ""}],
    "reply_to": None,
    "likes": 1,
}
_WORDPRESS = {
    "id": 1,
    "slug": "cmctl-00000000000000000000000000000000",
    "status": "publish",
    "link": "https://example.org/?p=1",
    "date_gmt": "2026-11-24T10:15:00",
    "modified_gmt": "2026-11-24T10:15:00",
    "title": {"rendered": "Bonjour", "raw": "Bonjour"},
    "content": {"rendered": "<p>Bonjour</p>", "raw": "Bonjour"},
    "excerpt": {"rendered": "", "raw": ""},
    "author": 1,
    "featured_media": 0,
    "categories": [1],
}
_TELEGRAM = {
    "message_id": 7,
    "date": 1763979300,
    "chat": {"id": -100123, "title": "Atlas", "username": "atlas", "type": "channel"},
    "text": "Bonjour",
}
_DISCORD = {
    "id": "1088210987654321098",
    "channel_id": "1088210987654321097",
    "content": "Bonjour",
    "timestamp": "2026-11-24T10:15:00.000000+00:00",
    "author": {"id": "1", "username": "a", "bot": True},
    "attachments": [{"id": "1", "url": "https://cdn.example/a.png"}],
    "nonce": "0" * 25,
    "message_reference": {"message_id": "1088210987654321096"},
    "reactions": [{"count": 1}],
    "type": 0,
    "webhook_id": "1",
}
_SLACK = {
    "ts": "1763979300.000100",
    "text": "Bonjour",
    "user": "U1",
    "bot_id": "B1",
    "app_id": "A1",
    "type": "message",
    "thread_ts": "1763979300.000100",
    "reply_count": 1,
    "files": [{"id": "F1", "permalink": "https://slack.example/f"}],
    "metadata": {"event_type": "cmctl", "event_payload": {"key": "0" * 32}},
    "blocks": [{"type": "rich_text", "elements": [{"type": "text", "text": "Bonjour"}]}],
}
_FACEBOOK = {
    "id": "546349135390552_1116689038356557",
    "message": "Bonjour",
    "created_time": "2026-11-24T10:15:00+0000",
    "permalink_url": "https://www.facebook.com/1_2",
    "from": {"id": "1088210987654321098", "name": "Atlas"},
    "application": {"name": "cmctl"},
    "attachments": {
        "data": [
            {"media_type": "album", "subattachments": {"data": [{"media_type": "photo"}]}},
            {"media_type": "link", "unshimmed_url": "https://atlas.example"},
        ]
    },
}
_THREADS = {
    "id": "18000000000000001",
    "text": "Bonjour",
    "timestamp": "2026-11-24T10:15:00+0000",
    "permalink": "https://www.threads.net/@a/post/1",
    "username": "a",
    "media_type": "CAROUSEL_ALBUM",
    "children": {"data": [{"id": "1"}]},
    "replied_to": {"id": "18000000000000000"},
    "link_attachment_url": "https://atlas.example",
    "status": "FINISHED",
}
_INSTAGRAM = {
    "id": "17889455560051444",
    "caption": "Bonjour",
    "text": "Bonjour",
    "timestamp": "2026-11-24T10:15:00+0000",
    "permalink": "https://www.instagram.com/p/1/",
    "username": "a",
    "media_type": "CAROUSEL_ALBUM",
    "children": {"data": [{"id": "1"}]},
    "status_code": "FINISHED",
    "like_count": 1,
    "comments_count": 2,
}
_LINKEDIN = {
    "id": "urn:li:share:6844785523593134080",
    "author": "urn:li:organization:5583111",
    "actor": "urn:li:organization:5583111",
    "object": "urn:li:activity:6844785523593134080",
    "commentary": "Bonjour \\(Rennes\\) {hashtag|\\#|logistique} @[Atlas](urn:li:organization:1)",
    "message": {"text": "Bonjour"},
    "created": {"actor": "urn:li:organization:5583111", "time": 1763979300000},
    "publishedAt": 1763979300000,
    "lastModifiedAt": 1763979300000,
    "lifecycleState": "PUBLISHED",
    "distribution": {"feedDistribution": "MAIN_FEED"},
    "reshareContext": {"parent": "urn:li:share:1"},
    "content": {
        "article": {"source": "https://atlas.example", "title": "Atlas"},
        "media": {"id": "urn:li:image:1"},
        "multiImage": {"images": [{"id": "urn:li:image:1"}]},
    },
}
_LINKEDIN_ANSWERS = (
    _LINKEDIN,
    {
        "elements": [_LINKEDIN, _LINKEDIN],
        "paging": {"start": 0, "count": 2, "links": [{"rel": "next", "href": "/x"}]},
    },
    {"value": {"image": "urn:li:image:1", "uploadUrl": "https://www.linkedin.com/dms-uploads/1"}},
    {"reactionSummaries": {"LIKE": {"count": 1}}, "commentSummary": {"count": 2}},
    {"sub": "yrZCpj2Z12", "name": "Camille"},
    {"status": 429, "message": "throttle APPLICATION DAY limit", "code": "DUPLICATE_POST"},
)
_PINTEREST = {
    "id": "654321654321654321",
    "board_id": "549755885175",
    "board_owner": {"username": "atlas"},
    "created_at": "2026-11-24T10:15:00",
    "title": "Rennes",
    "description": "Bonjour",
    "link": "https://atlas.example",
    "alt_text": "La facade",
    "username": "atlas",
    "name": "Nos chantiers",
    "media": {"media_type": "multiple_images", "items": [{"item_type": "image"}]},
    "pin_metrics": {"lifetime_metrics": {"impression": 1, "reaction": 2, "comment": 3, "save": 4}},
}
_GOOGLE = {
    "name": "accounts/1/locations/2/localPosts/3",
    "languageCode": "fr",
    "summary": "Bonjour",
    "callToAction": {"actionType": "LEARN_MORE", "url": "https://atlas.example"},
    "createTime": "2026-11-24T10:15:00.123456789Z",
    "scheduledTime": "2026-11-25T10:15:00Z",
    "event": {"title": "Portes ouvertes"},
    "state": "LIVE",
    "media": [{"mediaFormat": "PHOTO"}],
    "searchUrl": "https://local.google.com/place?id=1",
}
_GRAPH_ERROR = {"message": "(#4) limit", "type": "OAuthException", "code": 4, "error_subcode": 33}

EXAMPLES: Mapping[str, tuple[object, ...]] = {
    "mastodon": (
        _MASTODON,
        [_MASTODON, _MASTODON],
        {"id": "2", "acct": "a", "username": "a", "url": "https://example.org/@a"},
        {"configuration": {"statuses": {"max_characters": 500}, "media_attachments": {}}},
        {"ancestors": [_MASTODON], "descendants": [_MASTODON]},
    ),
    "bluesky": (
        _SESSION,
        _RECORD,
        {"records": [_RECORD, _RECORD], "cursor": "x"},
        {"posts": [{**_RECORD, "likeCount": 1, "replyCount": 2, "repostCount": 3}]},
        {"commit": {"cid": "bafy", "rev": "3k"}, "results": [_RECORD]},
    ),
    "sandbox": (_SANDBOX, [_SANDBOX, _SANDBOX], {"statuses": [_SANDBOX]}),
    "wordpress": (
        _WORDPRESS,
        [_WORDPRESS],
        {"name": "Atlas", "url": "https://example.org", "timezone_string": "Europe/Paris"},
        [{"id": 1, "name": "Conseils", "slug": "conseils"}],
    ),
    "telegram": (
        {"ok": True, "result": _TELEGRAM},
        {"ok": True, "result": [_TELEGRAM]},
        {"ok": True, "result": {"id": 1, "username": "a_bot", "title": "Atlas"}},
        {"ok": False, "error_code": 400, "description": "Bad Request: message is not modified"},
    ),
    "discord": (_DISCORD, [_DISCORD, _DISCORD], {"id": "1", "username": "a", "name": "news"}),
    "discord_webhook": (_DISCORD, {"id": "1", "name": "news", "channel_id": "1"}),
    "slack": (
        {"ok": True, "ts": "1763979300.000100", "channel": "C1", "message": _SLACK},
        {"ok": True, "messages": [_SLACK, _SLACK], "has_more": False, "response_metadata": {}},
        {"ok": True, "user_id": "U1", "bot_id": "B1", "team": "Atlas", "url": "https://a.example/"},
        {"ok": False, "error": "message_not_found"},
    ),
    "threads": (
        _THREADS,
        {"id": "1", "status": "ERROR", "error_message": "FAILED"},
        {"data": [_THREADS], "paging": {"cursors": {"after": "x"}, "next": "https://x.example"}},
        {"data": [{"name": "likes", "values": [{"value": 1}]}]},
        {"data": [{"quota_usage": 1, "config": {"quota_total": 250, "quota_duration": 86400}}]},
        {"error": _GRAPH_ERROR},
    ),
    "instagram": (
        _INSTAGRAM,
        {"data": [_INSTAGRAM], "paging": {"cursors": {"after": "x"}, "next": "https://x.example"}},
        {"id": "1", "status_code": "ERROR", "status": "Error: no image"},
        {"data": [{"quota_usage": 1, "config": {"quota_total": 50, "quota_duration": 86400}}]},
        {"error": _GRAPH_ERROR},
    ),
    "pinterest": (
        _PINTEREST,
        {"items": [_PINTEREST, _PINTEREST], "bookmark": "x"},
        {"code": 40, "message": "Board not found."},
    ),
    "google_business": (
        _GOOGLE,
        {"localPosts": [_GOOGLE, _GOOGLE], "nextPageToken": "x"},
        {"error": {"code": 404, "message": "not found", "status": "NOT_FOUND"}},
    ),
    "linkedin": _LINKEDIN_ANSWERS,
    "linkedin_member": _LINKEDIN_ANSWERS,
    "facebook_page": (
        _FACEBOOK,
        {"data": [_FACEBOOK], "paging": {"cursors": {"after": "x"}, "next": "https://x.example"}},
        {"reactions": {"summary": {"total_count": 1}}, "shares": {"count": 2}},
        {"error": _GRAPH_ERROR},
        {"success": True},
    ),
}
