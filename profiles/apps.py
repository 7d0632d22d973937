"""The application that Django loads by name."""

from django.apps import AppConfig


class ProfilesConfig(AppConfig):
    """What a profile is: catalogue, property lists, signing, and the rows that hold them."""

    name = "profiles"
