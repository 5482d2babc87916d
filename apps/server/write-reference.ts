import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { productReference } from './http/product-reference.js';
import { lifeCyclePage, lifeCyclePath } from './life-cycle-page.js';

// Run in the project's folder after a change to messages, routes, codes or life cycles; a test fails until it was.
writeFileSync('apps/server/openapi.json', productReference());
writeFileSync(lifeCyclePath, lifeCyclePage());
