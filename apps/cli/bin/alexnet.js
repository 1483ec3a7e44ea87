#!/usr/bin/env node
// The file npm links. It lies in the repository, not in dist, so that the link exists before the first build.
import "../dist/main.js";
