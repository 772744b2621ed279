"""feeds.yaml (and secrets from the environment or a file) to one frozen `Config`.

Errors come all at once as `path: where: problem → remedy`. `schema.py` writes the JSON Schema that editors use.
"""

from monitor.config.alerts import AlertsConfig, OperatorConfig, StoryAlertConfig
from monitor.config.base import check_address
from monitor.config.bounces import BouncesConfig
from monitor.config.executor import ExecutorConfig
from monitor.config.load import find_config, load_config, resolve_secret, with_logins
from monitor.config.mail import MailConfig
from monitor.config.models import (
    Config,
    DigestConfig,
    FeedConfig,
    FetchConfig,
    ProfileConfig,
    RecipientConfig,
    StorageConfig,
    StoriesConfig,
    TopicConfig,
    TranslationConfig,
)
from monitor.config.notify import ChannelConfig
from monitor.config.schedule import WEEKDAYS, ScheduleConfig
from monitor.config.web import WebConfig

__all__ = [
    "WEEKDAYS",
    "AlertsConfig",
    "BouncesConfig",
    "ChannelConfig",
    "Config",
    "DigestConfig",
    "ExecutorConfig",
    "FeedConfig",
    "FetchConfig",
    "MailConfig",
    "OperatorConfig",
    "ProfileConfig",
    "RecipientConfig",
    "ScheduleConfig",
    "StorageConfig",
    "StoriesConfig",
    "StoryAlertConfig",
    "TopicConfig",
    "TranslationConfig",
    "WebConfig",
    "check_address",
    "find_config",
    "load_config",
    "resolve_secret",
    "with_logins",
]
