import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { productReference } from './http/product-reference.js';

// Run in the project's folder after a change to messages, routes or codes; a test fails until it was.
writeFileSync('apps/server/openapi.json', productReference());
