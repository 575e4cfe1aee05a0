import * as z from 'zod';

export const Item = z
    .object({
        id: z.string().describe('Id'),
        name: z.string().describe('Name'),
        note: z.string().nullable().describe('What it is for')
    })
    .describe('An item');
