"""Static files under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise carries no types
    """WhiteNoise's; the imports in our JavaScript modules lead to the changing names, too.

    Otherwise a browser would pair a new page with modules that it remembers from before an update.
    """

    support_js_module_import_aggregation = True
