import { createAction } from 'nango';
import * as z from 'zod';

import { Item } from './model.js';

export default createAction({
    description: `Lists all items, in the order in which they were created.

Returns id, name and note of each item, page by page.`,
    version: '1.0.0',
    input: z.object({
        limit: z.int().min(1).max(100).optional().describe('Items per page'),
        cursor: z.string().optional().describe('Where the page starts')
    }),
    output: z.object({
        items: z.array(Item).describe('The items'),
        next_cursor: z.string().nullable().describe('Where the next page starts')
    }),
    exec: async (nango, input) => {
        const response = await nango.get({ endpoint: '/items', params: input, retries: 3 });
        return response.data;
    }
});
