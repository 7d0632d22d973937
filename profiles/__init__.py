"""What a configuration profile is: catalogue, plist, signing, storage and the services over them."""
