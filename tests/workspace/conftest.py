"""Each test of this folder has its own settings of git."""

from tests.support.git_settings import git_settings as git_settings
