import { describe, expect, test } from '@jest/globals';
import { jsonSchema, SCHEMA_NAMES } from '../../src/load/schemas.ts';

describe('the JSON Schema of a file', () => {
  test.each(SCHEMA_NAMES)('of the kind %s can be published', (name) => {
    const schema = JSON.parse(JSON.stringify(jsonSchema(name))) as Record<string, unknown>;

    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(['object', 'array']).toContain(schema['type']);
  });

  test('says what people may write, not what it becomes', () => {
    const schema = jsonSchema('playbook') as { properties: Record<string, { properties?: object; type?: unknown }> };

    expect(Object.keys(schema.properties['rules']?.properties ?? {})).toEqual([
      'privileged-host-port',
      'linux-capabilities',
      'host-network-privileged-listener',
    ]);
    expect(schema.properties['keep']?.type).toEqual(['string', 'number']);
    expect(schema).toMatchObject({ required: ['rules'], additionalProperties: false });
  });
});
