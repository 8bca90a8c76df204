"""People other than the applicant whose weighty interests an application concerns (利害关系人): told, heard, and told
of the decision (行政许可法 Arts 36, 46–48). Each is a case of its own, part of the application; they see nothing of it
but what an official wrote for them."""
